"""Messages, policy, channels and suppressions over HTTP."""

from typing import Any

import pytest

from shared.ids import new_id
from tests.engagement.conftest import Api, Profile
from tests.engagement.posting import mails, send

BIRTHDAY = {"template": "birthday", "purpose": "marketing", "topic": "care", "channels": ["email"]}


@pytest.mark.capability("C-25")
def test_a_message_from_asking_to_sent(api: Api, profile: Profile) -> None:
    ada = str(profile.add())
    body = BIRTHDAY | {"customer_id": ada, "dedupe_key": "vip:2026"}
    assert api.call("POST", "/v1/messages", body).status_code == 422, "an Idempotency-Key is required"
    rehearsed = api.post("/v1/messages/decision", body).json()
    assert (rehearsed["status"], len(rehearsed["gates"])) == ("queued", 10)
    refused = api.post("/v1/messages", body | {"channels": []}).json()["errors"]
    assert [(one["field"], one["code"]) for one in refused] == [("channels", "too_short")]
    asked = api.post("/v1/messages", body)
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    again = api.post("/v1/messages", body)
    assert (again.status_code, again.json()["id"]) == (200, asked.json()["id"])
    send(api.runtime)
    sent = api.get(f"/v1/messages/{asked.json()['id']}").json()
    assert (sent["status"], sent["attempts"][0]["provider"]) == ("sent", "sink")
    assert {gate["verdict"] for gate in sent["gates"]} == {"pass"}
    assert [one["id"] for one in api.get(f"/v1/customers/{ada}/messages").json()["items"]] == [sent["id"]]
    assert [one["id"] for one in api.get(f"/v1/messages?status=sent,failed&customer_id={ada}").json()["items"]] == [
        sent["id"]
    ]
    assert api.get("/v1/messages?status=queued").json()["items"] == []
    for verb, json in (("cancel", None), ("settle", {"outcome": "sent"})):
        refused = api.post(f"/v1/messages/{sent['id']}/{verb}", json)
        assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")


@pytest.mark.capability("C-25")
def test_a_cancelled_message_is_not_sent(api: Api, profile: Profile) -> None:
    asked = api.post("/v1/messages", BIRTHDAY | {"customer_id": str(profile.add())}).json()
    assert api.post(f"/v1/messages/{asked['id']}/cancel").json()["status"] == "cancelled"
    send(api.runtime)
    assert mails(api.runtime) == []


@pytest.mark.capability("C-25")
def test_the_policy_is_changed_by_version(api: Api, profile: Profile) -> None:
    policy = api.get("/v1/sending-policy").json()
    assert policy["quiet_hours"] == {"from": "21:00", "to": "09:00"}
    changed = api.patch("/v1/sending-policy", {"quiet_hours": {"from": "15:00", "to": "17:00"}}, policy["version"])
    assert changed.json()["version"] == policy["version"] + 1
    assert changed.json()["caps"] == policy["caps"]
    asked = api.post("/v1/messages", BIRTHDAY | {"customer_id": str(profile.add())}).json()
    assert (asked["status"], asked["due_at"]) == ("deferred", "2026-11-25T09:00:00Z")
    assert api.patch("/v1/sending-policy", {"caps": []}, policy["version"]).status_code == 412
    assert api.patch("/v1/sending-policy", {"caps": None}, policy["version"] + 1).status_code == 422
    assert api.patch("/v1/sending-policy", {"quiet_hours": None}, policy["version"] + 1).json()["quiet_hours"] is None


@pytest.mark.capability("C-23")
def test_channels_are_turned_off_and_given_a_sender(api: Api, profile: Profile) -> None:
    kinds = {one["kind"]: one for one in api.get("/v1/channels").json()["items"]}
    assert {kind for kind, one in kinds.items() if one["enabled"]} == {"email"}
    sender = {"name": "西湖茶", "address": "hello@tea.example"}
    version = kinds["email"]["version"]
    changed = api.patch("/v1/channels/email", {"sender": sender}, version).json()
    assert (changed["sender"], changed["version"]) == (sender, version + 1)
    ada = str(profile.add())
    api.post("/v1/messages", BIRTHDAY | {"customer_id": ada})
    send(api.runtime)
    assert "hello@tea.example" in mails(api.runtime)[0]
    api.patch("/v1/channels/email", {"enabled": False}, version + 1)
    refused = api.post("/v1/messages", BIRTHDAY | {"customer_id": ada}).json()
    assert (refused["status"], refused["reason"]) == ("skipped", "address.channel_off")
    assert api.patch("/v1/channels/sms", {"provider": "smtp"}, kinds["sms"]["version"]).status_code == 422


@pytest.mark.capability("C-23")
def test_a_suppressed_address_is_not_written_to_until_it_is_lifted(api: Api, profile: Profile) -> None:
    ada = str(profile.add())
    suppression = {"channel": "email", "address": " LINA@example.com ", "reason": "complaint"}
    made = api.post("/v1/suppressions", suppression)
    assert made.status_code == 201
    assert "lina" not in made.text.lower()
    assert api.post("/v1/suppressions", suppression).json()["id"] == made.json()["id"]
    refused = api.post("/v1/messages", BIRTHDAY | {"customer_id": ada}).json()
    assert refused["reason"] == "suppression.complaint"
    assert len(api.get("/v1/suppressions?channel=email&reason=complaint,manual").json()["items"]) == 1
    assert api.call("DELETE", f"/v1/suppressions/{made.json()['id']}").status_code == 204
    assert api.call("DELETE", f"/v1/suppressions/{made.json()['id']}").status_code == 404
    assert api.post("/v1/messages", BIRTHDAY | {"customer_id": ada}).json()["status"] == "queued"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"channels": ["fax"]}, 422, "validation_failed"),
        ({"channels": []}, 422, "validation_failed"),
        ({"colour": "red"}, 422, "unknown_field"),
        ({"customer_id": str(new_id())}, 422, "validation_failed"),
        ({"variables": {"gift": {"a": 1}}}, 422, "validation_failed"),
    ],
)
def test_a_wrong_body_is_refused(api: Api, profile: Profile, fields: dict[str, Any], status: int, code: str) -> None:
    refused = api.post("/v1/messages", BIRTHDAY | {"customer_id": str(profile.add())} | fields)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_the_360_part_shows_the_latest_messages(api: Api, profile: Profile) -> None:
    ada = str(profile.add())
    for _ in range(2):
        api.post("/v1/messages", BIRTHDAY | {"customer_id": ada})
    path = f"/internal/customers/{ada}/360"
    assert api.get(path).status_code == 403
    part = api.get(path, kind="service").json()
    assert [one["template"] for one in part["messages"]] == ["birthday", "birthday"]
    assert part["points"] is None


@pytest.mark.capability("C-23")
@pytest.mark.parametrize("channel", ["sms", "phone"])
def test_a_number_is_suppressed_however_it_is_spaced_and_refused_without_its_country(api: Api, channel: str) -> None:
    plain = api.post("/v1/suppressions", {"channel": channel, "address": "+8613800138000"})
    spaced = api.post("/v1/suppressions", {"channel": channel, "address": "+86 138-0013-8000"})
    assert (spaced.status_code, spaced.json()["id"]) == (201, plain.json()["id"])
    bare = api.post("/v1/suppressions", {"channel": channel, "address": "13800138000"})
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "address")


@pytest.mark.capability("C-23")
def test_what_is_no_mail_address_is_not_suppressed_as_one(api: Api) -> None:
    assert api.post("/v1/suppressions", {"channel": "email", "address": "somebody"}).status_code == 422
