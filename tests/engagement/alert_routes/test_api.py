"""Ways to staff are declared over HTTP, tried without an escalation, and never tell what opens them."""

from typing import Any

import pytest

from services.engagement.alert_routes.schemas import CAUSES
from tests.engagement.conftest import Api
from tests.engagement.posting import mails

pytestmark = pytest.mark.capability("C-23")
LEADS: dict[str, Any] = {"code": "leads", "name": "主管", "kind": "mail", "target": {"address": "lead@shop.example"}}
HOOK = {"url": "https://ops.example/alerts", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


def refusals(api: Api, **fields: Any) -> list[tuple[str, str]]:
    answer = api.post("/v1/alert-routes", LEADS | fields)
    assert answer.status_code == 422, answer.text
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


def test_a_way_is_declared_changed_and_taken_away(api: Api) -> None:
    made = api.post("/v1/alert-routes", LEADS).json()
    assert (made["leads_to"], made["causes"]) == ("lead@shop.example", list(CAUSES))
    assert api.post("/v1/alert-routes", LEADS).json()["code"] == "already_exists"
    path = f"/v1/alert-routes/{made['id']}"
    patch = {"target": {"address": "boss@shop.example"}, "to": ["lead"]}
    changed = api.patch(path, patch, 1).json()
    assert (changed["leads_to"], changed["to"], changed["version"]) == ("boss@shop.example", ["lead"], 2)
    assert api.patch(path, {"target": {"address": None}}, 2).status_code == 422
    assert api.call("DELETE", path).status_code == 204
    assert (api.get("/v1/alert-routes").json()["items"], api.get(path).json()["enabled"]) == ([], False)


def test_what_opens_a_way_is_never_shown(api: Api) -> None:
    answer = api.post("/v1/alert-routes", LEADS | {"kind": "webhook", "target": HOOK})
    assert (answer.json()["leads_to"], answer.json()["target_set"]) == ("ops.example", ["secret", "url"])
    assert "whsec" not in answer.text + api.get("/v1/alert-routes").text
    assert "/alerts" not in answer.text


def test_where_it_cannot_lead_is_refused(api: Api) -> None:
    assert refusals(api, target={"address": "nobody"}) == [("target.address", "format")]
    assert refusals(api, kind="webhook", target={"url": "https://ops.example"}) == [("target.secret", "required")]
    assert refusals(api, kind="wecom", target={"url": "ftp://x"}) == [("target.url", "format")]
    both = {"address": "a@b.example", "url": "https://x.example"}
    assert refusals(api, target=both) == [("target.url", "unknown")]
    assert api.post("/v1/alert-routes", LEADS, scopes=("engagement:write",)).json()["code"] == "scope_missing"


def test_a_trial_shows_what_would_be_sent_and_sends_only_when_it_is_not_dry(api: Api) -> None:
    route = api.post("/v1/alert-routes", LEADS | {"locale": "en"}).json()
    path = f"/v1/alert-routes/{route['id']}/test"
    dry = api.post(path, {}).json()
    assert dry["subject"] == "Complaint C-2026-000012 escalated: 100% of resolution is over"
    assert (dry["result"], mails(api.runtime)) == (None, [])
    sent = api.post(path, {"dry": False, "cause": "task_escalated"}).json()
    assert (sent["result"], sent["subject"]) == ("accepted", "Task not done in time: call, priority 2")
    assert len(mails(api.runtime)) == 1
    for cause, told in (("campaign", "did not start"), ("care_rule", "is paused"), ("survey", "is paused")):
        hindered = api.post(path, {"cause": f"{cause}_hindered"}).json()["subject"]
        assert f"{told}: its audience names a segment that is not published" in hindered
    assert api.get("/v1/staff-alerts").json()["items"] == []
