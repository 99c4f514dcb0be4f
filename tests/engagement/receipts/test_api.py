"""Callbacks over HTTP: believed once when they are signed, refused with their code when not."""

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from services.engagement.channels.adapters.webhook import signed
from services.engagement.messages import usecases as messages_
from services.engagement.messages.tables import Message
from services.engagement.suppressions.tables import Suppression
from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import NewTemplate
from shared.contracts.engagement import MessageRecorded, OptoutReceived
from shared.contracts.profile import ConsentRecorded
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.channels.doors import HERE, door
from tests.engagement.channels.test_callbacks import SAMPLE, event, sealed
from tests.engagement.channels.test_webhook import SECRET
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.posting import ask, message, published, send

pytestmark = pytest.mark.capability("C-23")

PHONE = "+8613800138000"


@pytest.fixture
def settings_for(settings_for: Any) -> Any:
    """The deployment allows this machine as a receiver."""
    return lambda **values: settings_for(**{"egress_allowed_networks": (HERE,)} | values)


def contact(channel: str, value: str) -> dict[str, str]:
    return {"contact_id": str(new_id()), "channel": channel, "value": value}


def write(runtime: Runtime, code: str, channels: dict[str, Any], purpose: str = "marketing") -> None:
    draft = {"code": code, "purpose": purpose, "topic": "care", "channels": channels}
    with runtime.database.transaction() as session:
        made = templates.create(session, NewTemplate.model_validate(draft), runtime.now())
        templates.publish(session, made.template_id, runtime.now())


def tell(api: Api, kind: str, data: Any, *, key: str = "evt-1", secret: str = SECRET, to: str = "webhook") -> Any:
    raw = orjson.dumps(data)
    head = {**signed(secret, key, api.runtime.now(), raw), "Content-Type": "application/json"}
    return api.http.post(f"/v1/callbacks/{kind}/{to}", content=raw, headers=head)


def sms_through(api: Api, url: str) -> None:
    hook = {"url": url, "secret": SECRET, "callback_secret": SECRET}
    told = api.patch("/v1/channels/sms", {"enabled": True, "provider": "webhook", "credentials": hook}, 1)
    assert told.status_code == 200, told.text
    write(api.runtime, "sms-hello", {"sms": {"zh": {"text": "你好"}}})


def suppressed(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.database.reading() as session:
        return [(row.channel, row.reason) for row in session.scalars(select(Suppression))]


def test_a_message_is_delivered_read_and_an_answer_stops_the_next(api: Api, profile: Profile, clock: Clock) -> None:
    ada = profile.add(contacts=[contact("sms", PHONE)])
    wanted: dict[str, Any] = {"template": "sms-hello", "channels": ["sms"]}
    with door((200, {"id": "out-1"})) as gateway:
        sms_through(api, gateway.url)
        asked = ask(api.runtime, ada, **wanted)
        send(api.runtime)
        assert message(api.runtime, asked.message_id).provider_id == "out-1"
        delivered = {"type": "message.delivered", "data": {"message_id": str(asked.message_id)}}
        forged = tell(api, "sms", delivered, secret="whsec_" + "B" * 32)
        assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")
        assert tell(api, "sms", delivered).status_code == 200
        read = {"type": "message.read", "data": {"message_id": str(asked.message_id)}}
        for _ in range(2):
            assert tell(api, "sms", read, key="evt-2").status_code == 200
        now = message(api.runtime, asked.message_id)
        assert now.status == "read"
        told = [one for one in published(api.runtime) if isinstance(one, MessageRecorded)]
        assert [one.status for one in told] == ["sent", "read"]

        stop = {"type": "customer.replied", "data": {"address": PHONE, "text": "退订"}}
        for _ in range(2):
            assert tell(api, "sms", stop, key="evt-3").status_code == 200
        assert suppressed(api.runtime) == [("sms", "unsubscribe")]
        (said,) = [one for one in published(api.runtime) if isinstance(one, OptoutReceived)]
        assert (said.customer_id, said.channel, said.purpose, said.contact_id) == (
            *(ada, "sms", "marketing"),
            now.contact_id,
        )
        stopped = ask(api.runtime, ada, **wanted)
        assert (stopped.status, stopped.reason) == ("skipped", "suppression.unsubscribe")

        again = ConsentRecorded(
            customer_id=ada, version=9, occurred_at=clock.advance(hours=1), recorded_at=clock(), purpose="marketing",
            channel="sms", state="granted", source="checkout", effective_at=clock(),
        )  # fmt: skip
        with api.runtime.database.transaction() as session:
            messages_.heed_grants(session, [again], clock())
        assert ask(api.runtime, ada, **wanted).status == "queued"
    assert len(gateway.asked) == 1


def test_a_bounce_and_a_complaint_suppress_the_address(api: Api, profile: Profile) -> None:
    with door((200, {})) as gateway:
        sms_through(api, gateway.url)
        wanted: dict[str, Any] = {"template": "sms-hello", "channels": ["sms"]}
        people = [profile.add(contacts=[contact("sms", f"+861380013800{n}")]) for n in range(3)]
        sent = [ask(api.runtime, one, **wanted).message_id for one in people]
        send(api.runtime)
    soft, hard, complaint = (
        {"type": kind, "data": {"message_id": str(sent[at]), "permanent": at == 1, "reason": "r"}}
        for at, kind in enumerate(("message.bounced", "message.bounced", "message.complained"))
    )
    for at, one in enumerate((soft, hard, complaint)):
        assert tell(api, "sms", one, key=f"evt-{at}").status_code == 200
    assert [message(api.runtime, one).status for one in sent] == ["bounced", "bounced", "complained"]
    assert sorted(suppressed(api.runtime)) == [("sms", "complaint"), ("sms", "hard_bounce")]
    again = [ask(api.runtime, one, **wanted).reason for one in people]
    assert again == [None, "suppression.hard_bounce", "suppression.complaint"]
    left = [one.customer_id for one in published(api.runtime) if isinstance(one, OptoutReceived)]
    assert left == [people[2]]


def test_who_calls_back_for_nobody_is_not_found_or_refused(api: Api) -> None:
    assert tell(api, "sms", {}, to="smtp").status_code == 404
    assert tell(api, "push", {}, to="fcm").status_code == 404
    untold = tell(api, "sms", {}, to="aliyun")
    assert (untold.status_code, untold.json()["code"]) == (401, "signature_invalid")
    huge = api.http.post("/v1/callbacks/sms/webhook", content=b"x" * (2 * 1024 * 1024))
    assert (huge.status_code, huge.json()["code"]) == (413, "body_too_large")


def test_each_permission_is_good_for_one_message(api: Api, profile: Profile) -> None:
    openid = "openid-1"
    with door((200, {"access_token": "t", "expires_in": 7200}), (200, {"errcode": 0, "msgid": 5})) as weixin:
        told = {"app_id": SAMPLE.app_id, "app_secret": "s", "endpoint": weixin.url, "callback_token": SAMPLE.token}
        told |= {"encoding_aes_key": SAMPLE.encoding_aes_key}
        body = {"enabled": True, "provider": "wechat", "credentials": told}
        assert api.patch("/v1/channels/wechat", body, 1).status_code == 200
        text = {"provider_template": "T1", "parameters": {"thing1": "龙井"}}
        write(api.runtime, "gift", {"wechat": {"zh": text}})
        ada = profile.add(contacts=[contact("wechat", openid)])
        wanted: dict[str, Any] = {"template": "gift", "channels": ["wechat"]}
        assert ask(api.runtime, ada, **wanted).reason == "credit.exhausted"

        allowed = sealed(event("subscribe_msg_popup_event", {"TemplateId": "T1", "SubscribeStatusString": "accept"}))
        for _ in range(2):
            given = api.http.post("/v1/callbacks/wechat/wechat", params=dict(allowed.query), content=allowed.raw)
            assert (given.status_code, given.text) == (200, "success")
        credits = api.get(f"/v1/customers/{ada}/credits").json()["items"]
        assert credits == [{"channel": "wechat", "provider_template": "T1", "remaining": 1}]
        first, second = ask(api.runtime, ada, **wanted), ask(api.runtime, ada, **wanted)
        send(api.runtime)
        states = [message(api.runtime, one.message_id) for one in (first, second)]
        assert [(one.status, one.reason) for one in states] == [("sent", None), ("skipped", "credit.exhausted")]
        assert api.get(f"/v1/customers/{ada}/credits").json()["items"][0]["remaining"] == 0
        assert len([one for one in weixin.asked if one.path.endswith("send")]) == 1
        sent = sealed(event("subscribe_msg_sent_event", {"TemplateId": "T1", "MsgID": "5", "ErrorCode": "0"}))
        api.http.post("/v1/callbacks/wechat/wechat", params=dict(sent.query), content=sent.raw)
        assert message(api.runtime, first.message_id).status == "delivered"


@pytest.mark.parametrize(("errcode", "left"), [(45009, 1), (47003, 1), (43101, 0)])
def test_a_permission_that_was_not_used_is_given_back(api: Api, profile: Profile, errcode: int, left: int) -> None:
    with door((200, {"access_token": "t", "expires_in": 7200}), (200, {"errcode": errcode})) as weixin:
        told = {"app_id": f"wx-{errcode}", "app_secret": "s", "endpoint": weixin.url, "callback_token": SAMPLE.token}
        told |= {"encoding_aes_key": SAMPLE.encoding_aes_key}
        api.patch("/v1/channels/wechat", {"enabled": True, "provider": "wechat", "credentials": told}, 1)
        write(api.runtime, "gift", {"wechat": {"zh": {"provider_template": "T1", "parameters": {}}}})
        ada = profile.add(contacts=[contact("wechat", "openid-1")])
        own = SAMPLE.__class__(f"wx-{errcode}", SAMPLE.token, SAMPLE.encoding_aes_key)
        line = {"TemplateId": "T1", "SubscribeStatusString": "accept"}
        allowed = sealed(event("subscribe_msg_popup_event", line), own)
        api.http.post("/v1/callbacks/wechat/wechat", params=dict(allowed.query), content=allowed.raw)
        ask(api.runtime, ada, template="gift", channels=["wechat"])
        send(api.runtime)
    assert api.get(f"/v1/customers/{ada}/credits").json()["items"][0]["remaining"] == left


def test_a_channel_keeps_its_pace(api: Api, profile: Profile, clock: Clock) -> None:
    with door((200, {})) as gateway:
        sms_through(api, gateway.url)
        assert api.patch("/v1/channels/sms", {"rate_per_minute": 120}, 2).status_code == 200
        for number in range(12):
            ada = profile.add(contacts=[contact("sms", f"+86138001380{number:02}")])
            ask(api.runtime, ada, template="sms-hello", channels=["sms"])
        per_second = []
        for _ in range(14):
            before = len(gateway.asked)
            send(api.runtime)
            per_second.append(len(gateway.asked) - before)
            clock.advance(seconds=1)
    assert (sum(per_second), max(per_second)) == (12, 2)
    with api.runtime.database.reading() as session:
        assert set(session.scalars(select(Message.status))) == {"sent"}


def test_a_system_of_the_merchants_own_needs_no_address(api: Api, profile: Profile) -> None:
    with door((200, {})) as centre:
        hook = {"url": centre.url, "secret": SECRET}
        api.patch("/v1/channels/webhook", {"enabled": True, "provider": "webhook", "credentials": hook}, 1)
        write(
            api.runtime,
            "note",
            {"webhook": {"zh": {"title": "礼物", "text": "{{ customer.name }}，有礼物"}}},
            "service",
        )
        ada = profile.add(contacts=[])
        asked = ask(api.runtime, ada, template="note", channels=["webhook"], purpose="service")
        send(api.runtime)
    assert message(api.runtime, asked.message_id).status == "sent"
    assert (centre.asked[0].json["data"]["to"], centre.asked[0].json["data"]["text"]) == (str(ada), "李娜，有礼物")
