"""Channels over HTTP: chosen, told what they must know, tried, and never telling it again."""

from typing import Any

import pytest
from sqlalchemy import text

from services.engagement.channels.adapters.sink import Sink
from services.engagement.channels.schemas import Outcome, Outgoing
from tests.engagement.channels.doors import HERE, door
from tests.engagement.channels.test_webhook import SECRET
from tests.engagement.conftest import Api

pytestmark = pytest.mark.capability("C-23")

ALIYUN = {"access_key_id": "LTAI5tQ", "access_key_secret": "hush-hush", "sign_name": "西湖茶"}


@pytest.fixture
def settings_for(settings_for: Any) -> Any:
    """The deployment allows this machine as a receiver."""
    return lambda **values: settings_for(**{"egress_allowed_networks": (HERE,)} | values)


def test_credentials_are_written_and_never_read(api: Api) -> None:
    before = api.get("/v1/channels/sms").json()
    assert (before["credentials_set"], before["provider"]) == ({}, None)
    assert {one["provider"] for one in before["providers"]} == {"aliyun", "webhook", "sink"}
    aliyun = next(one for one in before["providers"] if one["provider"] == "aliyun")
    assert (aliyun["capabilities"]["own_templates"], aliyun["capabilities"]["idempotent"]) == (True, False)
    told = api.patch("/v1/channels/sms", {"provider": "aliyun", "enabled": True, "credentials": ALIYUN}, 1)
    assert told.status_code == 200, told.text
    assert told.json()["credentials_set"] == {"aliyun": sorted(ALIYUN)}
    listed = api.get("/v1/channels")
    assert not any("hush" in one.text or "LTAI5tQ" in one.text for one in (told, listed, api.get("/v1/channels/sms")))
    with api.runtime.database.reading() as session:
        (stored,) = session.scalars(text("SELECT credentials FROM channel WHERE kind = 'sms'")).all()
    assert b"hush" not in bytes(stored)


def test_credentials_are_kept_for_each_provider_and_can_be_forgotten(api: Api) -> None:
    api.patch("/v1/channels/sms", {"provider": "aliyun", "credentials": ALIYUN}, 1)
    hook = {"url": "https://out.shop.example", "secret": SECRET}
    both = api.patch("/v1/channels/sms", {"provider": "webhook", "credentials": hook, "rate_per_minute": 600}, 2).json()
    assert (set(both["credentials_set"]), both["rate_per_minute"]) == ({"aliyun", "webhook"}, 600)
    back = api.patch("/v1/channels/sms", {"provider": "aliyun", "rate_per_minute": None}, 3).json()
    assert (back["provider"], back["rate_per_minute"]) == ("aliyun", None)
    in_use = api.patch("/v1/channels/sms", {"credentials": None}, 4)
    assert (in_use.status_code, in_use.json()["errors"][0]["field"]) == (422, "credentials")
    api.patch("/v1/channels/sms", {"provider": "sink"}, 4)
    assert set(api.get("/v1/channels/sms").json()["credentials_set"]) == {"aliyun", "webhook"}


def told(provider: str, **credentials: str) -> dict[str, Any]:
    return {"provider": provider, "credentials": credentials}


@pytest.mark.parametrize(
    ("kind", "body", "field", "code"),
    [
        ("sms", {"provider": "smtp"}, "provider", "not_allowed"),
        ("email", {"provider": "aliyun"}, "provider", "not_allowed"),
        ("sms", {"provider": "aliyun"}, "credentials", "required"),
        ("sms", {"credentials": ALIYUN}, "credentials", "not_allowed"),
        ("sms", told("sink", **ALIYUN), "credentials", "not_allowed"),
        ("sms", told("aliyun", access_key_id="x"), "credentials.access_key_secret", "required"),
        ("sms", told("aliyun", **ALIYUN, more="x"), "credentials.more", "unknown"),
        ("push", told("fcm", project_id="tea"), "credentials.client_email", "required"),
        ("webhook", told("webhook", url="https://x.example", secret="hush"), "credentials.secret", "format"),
    ],
)
def test_what_no_provider_could_use_is_refused(api: Api, kind: str, body: Any, field: str, code: str) -> None:
    refused = api.patch(f"/v1/channels/{kind}", body, 1)
    assert refused.status_code == 422
    assert (field, code) in [(one["field"], one["code"]) for one in refused.json()["errors"]]
    assert "hush" not in refused.text


def test_a_channel_is_tried_with_a_real_message(api: Api) -> None:
    with door((200, {"id": "out-9"}), (410, {})) as receiver:
        hook = {"provider": "webhook", "credentials": {"url": receiver.url, "secret": SECRET}}
        assert api.patch("/v1/channels/sms", hook, 1).status_code == 200
        tried = api.post("/v1/channels/sms/test", {"to": "+8613800138000"})
        gone = api.post("/v1/channels/sms/test", {"to": "+8613800138000"})
    assert tried.json() == {"provider": "webhook", "result": "accepted", "reason": None, "provider_id": "out-9"}
    assert (gone.json()["result"], gone.json()["reason"]) == ("refused", "http_410")
    assert receiver.asked[0].json["data"]["text"].startswith("这是一条试发消息")
    assert api.post("/v1/channels/email/test", {"to": "me@shop.example"}).json()["provider"] == "sink"


def test_a_trial_holds_no_connection_while_it_waits_for_the_provider(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    held = []

    def send(self: Sink, outgoing: Outgoing) -> Outcome:
        held.append(api.runtime.database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return Outcome("accepted")

    monkeypatch.setattr(Sink, "send", send)
    assert api.post("/v1/channels/email/test", {"to": "me@shop.example"}).json()["result"] == "accepted"
    route = {"code": "leads", "name": "Leads", "kind": "mail", "target": {"address": "leads@shop.example"}}
    way = api.post("/v1/alert-routes", route).json()
    assert api.post(f"/v1/alert-routes/{way['id']}/test", {"dry": False}).json()["result"] == "accepted"
    assert held == [0, 0]


def test_only_an_administrator_changes_or_tries_a_channel(api: Api) -> None:
    marketing = ("engagement:read", "engagement:write", "engagement:send")
    changed = api.patch("/v1/channels/sms", {"enabled": True}, 1, scopes=marketing)
    tried = api.post("/v1/channels/email/test", {"to": "me@shop.example"}, scopes=marketing)
    assert (changed.status_code, tried.status_code) == (403, 403)
