"""What providers tell, and that nobody else can tell it."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.engagement.channels.adapters import aliyun, smtp, wechat_events
from services.engagement.channels.adapters.webhook import CARD, Credentials, signed
from services.engagement.channels.schemas import Callback, Heard
from shared.errors import Invalid, Malformed, Unauthenticated
from tests.engagement.channels.test_webhook import SECRET

pytestmark = pytest.mark.capability("C-23")

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
OTHER = "whsec_" + base64.b64encode(b"another secret of thirty two byt").decode()
OURS = UUID(int=7)


def callback(raw: bytes, head: Any = None, query: Any = None) -> Callback:
    return Callback(head or {}, query or {}, raw, NOW)


def told(document: Any, *, secret: str = SECRET, at: datetime = NOW, raw: bytes | None = None) -> Callback:
    content = orjson.dumps(document)
    return callback(raw or content, {**signed(secret, "evt-1", at, content), "content-type": "application/json"})


def hook() -> Credentials:
    return Credentials(url="https://out.shop.example", secret=OTHER, callback_secret=SECRET)


def hear(given: Callback) -> list[Heard]:
    assert CARD.hear is not None
    return CARD.hear(hook(), given)


BOUNCE = {"type": "message.bounced", "data": {"message_id": str(OURS), "permanent": True, "reason": "no_such_user"}}


def test_a_signed_receipt_is_heard() -> None:
    assert hear(told(BOUNCE)) == [Heard("evt-1", "bounced", OURS, reason="no_such_user", dead=True)]


@pytest.mark.parametrize(
    "forged",
    [
        told(BOUNCE, secret=OTHER),
        told(BOUNCE, at=NOW - timedelta(minutes=6)),
        told(BOUNCE, at=NOW + timedelta(minutes=6)),
        told(BOUNCE, raw=b'{"type": "message.delivered"}'),
        callback(orjson.dumps(BOUNCE)),
        callback(b"", {"webhook-id": "x", "webhook-timestamp": "9" * 30, "webhook-signature": "v1,x"}),
    ],
    ids=["other secret", "too old", "too new", "other body", "unsigned", "no time"],
)
def test_what_is_not_signed_is_not_believed(forged: Callback) -> None:
    with pytest.raises(Unauthenticated) as refused:
        hear(forged)
    assert refused.value.code == "signature_invalid"


def test_one_of_several_signatures_is_enough_while_a_secret_is_changed() -> None:
    good, bad = told(BOUNCE), told(BOUNCE, secret=OTHER)
    both = f"{bad.head['webhook-signature']} {good.head['webhook-signature']}"
    assert hear(callback(good.raw, {**good.head, "webhook-signature": both}))


@pytest.mark.parametrize("document", [{}, {"type": "message.bounced", "data": {}}, {"type": "x", "data": {}}, []])
def test_a_signed_receipt_that_says_nothing_is_refused(document: Any) -> None:
    with pytest.raises(Invalid):
        hear(told(document))


DSN = """\
From: MAILER-DAEMON@mail.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; lina@example.com
Action: {action}
Status: {status}

--b
Content-Type: {kind}

Message-ID: <00000000-0000-0000-0000-000000000007@shop.example>
Subject: hello

body
--b--
"""
ARF = DSN.replace("message/delivery-status", "message/feedback-report").replace("delivery-status", "feedback-report")


def report(text: str, secret: str = SECRET) -> list[Heard]:
    raw = text.encode()
    head = {**signed(secret, "dsn-1", NOW, raw), "content-type": "message/rfc822"}
    return smtp.CARD.hear(smtp.Credentials(callback_secret=SECRET), callback(raw, head))  # type: ignore[misc]


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("action", "status", "heard"),
    [
        ("failed", "5.1.1", Heard("dsn-1", "bounced", OURS, reason="status_5.1.1", dead=True)),
        ("failed", "5.2.2", Heard("dsn-1", "bounced", OURS, reason="status_5.2.2")),
        ("delivered", "2.0.0", Heard("dsn-1", "delivered", OURS, reason="status_2.0.0")),
        ("delayed", "4.4.1", None),
    ],
)
def test_the_report_of_a_mail_server_is_read(kind: str, action: str, status: str, heard: Heard | None) -> None:
    assert report(DSN.format(kind=kind, action=action, status=status)) == ([heard] if heard else [])


def test_a_complaint_of_a_mailbox_is_read() -> None:
    assert report(ARF.format(kind="message/rfc822", action="", status="")) == [Heard("dsn-1", "complained", OURS)]


def test_a_mail_that_is_no_report_or_not_about_ours_says_nothing() -> None:
    assert report("Subject: holiday\n\nI am away.") == []
    foreign = DSN.format(kind="message/rfc822", action="failed", status="5.1.1").replace("00000000-", "x")
    assert report(foreign) == []
    with pytest.raises(Unauthenticated):
        report(DSN, OTHER)


TOKEN = "a-token-that-nobody-guesses-1"
ALIYUN = aliyun.Credentials(access_key_id="x", access_key_secret="x", sign_name="x", callback_token=TOKEN)
REPORT = {
    "phone_number": "13800138000",
    "send_time": "2026-11-25 16:00:00",
    "report_time": "2026-11-25 16:00:09",
    "success": False,
    "err_code": "MOBILE_NOT_ON_SERVICE",
    "err_msg": "空号",
    "sms_size": "1",
    "biz_id": "900619746936498440^0",
    "out_id": str(OURS),
}
ANSWER = {"phone_number": "13800138000", "send_time": "2026-11-25 16:05:00", "content": "TD", "sequence_id": 12}


def test_reports_and_answers_of_aliyun_are_read() -> None:
    raw = orjson.dumps([REPORT, REPORT | {"success": True, "err_code": "DELIVERED"}, ANSWER, "junk", {}])
    bounced, delivered, reply = aliyun.heard(ALIYUN, callback(raw, query={"token": TOKEN}))
    assert (bounced.word, bounced.dead, bounced.message_id) == ("bounced", True, OURS)
    assert (delivered.word, delivered.provider_id) == ("delivered", "900619746936498440^0")
    assert (reply.word, reply.said, reply.address) == ("reply", "TD", "+8613800138000")


@pytest.mark.parametrize("query", [{}, {"token": ""}, {"token": TOKEN + "x"}])
def test_a_report_without_the_token_is_not_believed(query: Any) -> None:
    with pytest.raises(Unauthenticated):
        aliyun.heard(ALIYUN, callback(orjson.dumps([REPORT]), query=query))
    with pytest.raises(Unauthenticated):
        aliyun.heard(ALIYUN.model_copy(update={"callback_token": None}), callback(b"[]", query={"token": ""}))


# The example that Tencent's own sample of this encryption is tested with.
SAMPLE = wechat_events.Key("wx5823bf96d3bd56c7", "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="


def test_signature_and_encryption_are_those_of_the_vendors_sample() -> None:
    made = wechat_events.signature(SAMPLE.token, "1409659589", "263014780", ECHO)
    assert made == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert wechat_events.opened(SAMPLE, ECHO) == b"1616140317555161061"


def sealed(event: Any, key: wechat_events.Key = SAMPLE, token: str | None = None) -> Callback:
    """An event as WeChat would send it in secure mode."""
    from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415 - the other direction, for tests alone
    from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.modes import CBC  # noqa: PLC0415

    message = orjson.dumps(event)
    plain = b"r" * 16 + len(message).to_bytes(4, "big") + message + key.app_id.encode()
    fill = 32 - len(plain) % 32
    secret = base64.b64decode(f"{key.encoding_aes_key}=")
    encryptor = Cipher(AES(secret), CBC(secret[:16])).encryptor()
    encrypted = base64.b64encode(encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()).decode()
    parts = sorted([token or key.token, "1", "n", encrypted])
    query = {"timestamp": "1", "nonce": "n", "msg_signature": hashlib.sha1("".join(parts).encode()).hexdigest()}  # noqa: S324
    return callback(orjson.dumps({"ToUserName": "gh_1", "Encrypt": encrypted}), query=query)


def event(name: str, *lines: Any) -> dict[str, Any]:
    return {"FromUserName": "openid-1", "CreateTime": "1795593600", "MsgType": "event", "Event": name, "List": lines}


def test_a_permission_is_given_and_taken_back() -> None:
    accepted = {"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "0"}
    refused = {"TemplateId": "T2", "SubscribeStatusString": "reject", "PopupScene": "0"}
    (allowed,) = wechat_events.heard(SAMPLE, sealed(event(wechat_events.ASKED, accepted, refused)))
    assert (allowed.word, allowed.address, allowed.provider_template) == ("allowed", "openid-1", "T1")
    (forbidden,) = wechat_events.heard(SAMPLE, sealed(event(wechat_events.CHANGED, refused)))
    assert (forbidden.word, forbidden.provider_template) == ("forbidden", "T2")
    alone = event(wechat_events.ASKED) | {"List": accepted}
    assert wechat_events.heard(SAMPLE, sealed(alone)) == [allowed]


def test_what_became_of_a_subscription_message_is_heard() -> None:
    good = {"TemplateId": "T1", "MsgID": "1864323726461255680", "ErrorCode": "0", "ErrorStatus": "success"}
    bad = good | {"MsgID": "2", "ErrorCode": "3"}
    delivered, bounced = wechat_events.heard(SAMPLE, sealed(event(wechat_events.SENT, good, bad)))
    assert (delivered.word, delivered.provider_id) == ("delivered", "1864323726461255680")
    assert (bounced.word, bounced.reason) == ("bounced", "errcode_3")


def test_events_that_are_not_signed_or_not_for_us_are_refused() -> None:
    for forged in (sealed({}, token="other"), callback(b'{"Event": "subscribe_msg_popup_event"}'), callback(b"[]")):
        with pytest.raises(Unauthenticated):
            wechat_events.heard(SAMPLE, forged)
    foreign = wechat_events.Key("wx-other", SAMPLE.token, SAMPLE.encoding_aes_key)
    with pytest.raises(Malformed):
        wechat_events.heard(SAMPLE, sealed({}, foreign))
    with pytest.raises(Unauthenticated):
        wechat_events.heard(wechat_events.Key("wx", "", ""), sealed({}))


def test_an_address_is_confirmed_to_wechat_alone() -> None:
    parts = "".join(sorted([SAMPLE.token, "1", "n"]))
    query = {"timestamp": "1", "nonce": "n", "echostr": "e", "signature": hashlib.sha1(parts.encode()).hexdigest()}  # noqa: S324
    assert wechat_events.confirmed(SAMPLE, query) == "e"
    with pytest.raises(Unauthenticated):
        wechat_events.confirmed(SAMPLE, query | {"signature": "x"})
