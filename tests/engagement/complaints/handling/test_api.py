"""What is done with a complaint, from giving it to somebody to closing it, and what it does to its clocks."""

from typing import Any

import pytest

from shared.ids import new_id
from tests.engagement.complaints.complaining import SETTLED, clocks, complain, do, history, look, read, told
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-30")


def somebody(profile: Profile) -> dict[str, str]:
    return {"owner_id": str(profile.manager())}


def refusal(api: Api, complaint: dict[str, Any], verb: str, body: Any = None) -> tuple[int, str]:
    answer = api.post(f"/v1/complaints/{complaint['id']}/{verb}", body)
    return answer.status_code, answer.json()["code"]


def test_a_complaint_goes_from_its_opening_to_its_end(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add())
    assert refusal(api, made, "start") == (409, "invalid_transition")
    assert do(api, made, "assign", somebody(profile))["status"] == "assigned"
    assert do(api, made, "start")["status"] == "in_progress"
    clock.advance(minutes=10)
    answered = do(api, made, "comments", {"text": "We look into it."})
    assert read(api, made)["first_response_at"] == answered["created_at"]
    waiting = do(api, made, "wait", {"until": "2026-11-27T01:00:00Z", "reason": "a photo"})
    assert (waiting["status"], waiting["waiting_until"], waiting["due_at"]) == (
        "waiting_customer",
        "2026-11-27T01:00:00Z",
        None,
    )
    clock.advance(minutes=30)
    assert do(api, made, "start")["waiting_until"] is None
    settled = do(api, made, "resolve", {**SETTLED, "root_cause": None})
    assert (settled["status"], settled["resolution"], settled["summary"]) == ("resolved", "replaced", "换了新的")
    refused = api.post(f"/v1/complaints/{made['id']}/close", {})
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("root_cause", "required")]
    assert do(api, made, "close", {"root_cause": "packaging"})["status"] == "closed"
    found = clocks(api, made)
    assert {name: (one["met_at"], one["breached_at"]) for name, one in found.items()} == {
        ("first_response", 1): (answered["created_at"], None),
        ("resolution", 1): (settled["resolved_at"], None),
    }
    assert [one for one, _ in history(api, made)] == (
        ["opened", "assign", "start", "answered", "wait", "start", "resolve", "close"]
    )
    last = told(api)[-1]
    assert (last.status, last.root_cause, last.version, last.changes) == ("closed", "packaging", 8, ["close"])
    assert last.closed_at == api.runtime.now()


def test_a_complaint_is_given_to_nobody_who_is_not_in_use(api: Api, profile: Profile) -> None:
    made, gone = complain(api, profile.add()), str(new_id())
    path, said = f"/v1/complaints/{made['id']}/assign", {"owner_id": gone}
    refused = api.post(path, said)
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("owner_id", "reference_not_found")]
    assert refusal(api, {"id": str(new_id())}, "assign", said) == (404, "not_found")
    profile.up = False
    assert api.post(path, somebody(profile)).json()["code"] == "dependency_unavailable"
    profile.up = True
    shown = read(api, made)
    assert (shown["status"], shown["owner_id"], shown["version"]) == ("new", None, made["version"])


def test_unknown_is_a_cause_and_nothing_else_is(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    refused = api.post(f"/v1/complaints/{made['id']}/resolve", SETTLED | {"root_cause": "moonlight"})
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("root_cause", "reference_not_found")]
    assert read(api, made)["status"] == "new"
    do(api, made, "resolve", SETTLED | {"root_cause": "unknown"})
    assert do(api, made, "close", {})["root_cause"] == "unknown"


def test_reopening_starts_a_new_cycle_and_ends_some_time(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add())
    do(api, made, "resolve", SETTLED)
    do(api, made, "close", {})
    clock.advance(hours=1)
    again = do(api, made, "reopen", {"reason": "又碎了"})
    assert (again["status"], again["reopen_count"], again["resolved_at"], again["closed_at"]) == (
        *("in_progress", 1),
        *(None, None),
    )
    assert clocks(api, made)["resolution", 2]["started_at"] == "2026-11-25T09:00:00Z"
    do(api, made, "resolve", SETTLED)
    do(api, made, "close", {})
    clock.advance(days=31)
    assert refusal(api, made, "reopen", {"reason": "late"}) == (409, "invalid_transition")
    policy = api.get("/v1/complaint-policy").json()
    assert api.patch("/v1/complaint-policy", {"reopen_days": 60}, policy["version"]).json()["reopen_days"] == 60
    assert do(api, made, "reopen", {"reason": "late"})["reopen_count"] == 2


def test_what_ended_has_clocks_no_more(api: Api, profile: Profile, clock: Clock) -> None:
    who = profile.add()
    rejected, withdrawn, merged, goes_on = (complain(api, who) for _ in range(4))
    do(api, rejected, "reject", {"reason": "no complaint"})
    do(api, withdrawn, "withdraw", {"reason": "settled itself"})
    do(api, merged, "merge", {"into": goes_on["id"]})
    do(api, goes_on, "resolve", SETTLED)
    clock.advance(days=30)
    look(api)
    for made, status in [(rejected, "rejected"), (withdrawn, "withdrawn"), (merged, "duplicate")]:
        shown = read(api, made)
        assert (shown["status"], shown["due_at"], shown["breached"]) == (status, None, [])
        assert {one["cancelled_at"] for one in shown["clocks"]} == {"2026-11-25T08:00:00Z"}
        assert refusal(api, made, "assign", somebody(profile)) == (409, "invalid_transition")
        assert refusal(api, made, "reopen", {"reason": "x"}) == (409, "invalid_transition")
    assert read(api, goes_on)["breached"] == []


def test_only_an_open_complaint_of_the_same_person_goes_on_instead(api: Api, profile: Profile) -> None:
    ada, bob = profile.add(), profile.add()
    made, other, ended = complain(api, ada), complain(api, bob), complain(api, ada)
    do(api, ended, "reject", {"reason": "no"})
    for into in (made, other, ended):
        assert refusal(api, made, "merge", {"into": into["id"]}) == (422, "not_eligible")
    assert refusal(api, made, "merge", {"into": str(new_id())}) == (404, "not_found")
    assert read(api, made)["status"] == "new"
    into = complain(api, ada)
    do(api, made, "merge", {"into": into["id"]})
    assert refusal(api, into, "merge", {"into": made["id"]}) == (422, "not_eligible")
    assert history(api, into)[-1] == ("absorb", "new")


def test_an_outside_body_decides_before_it_is_closed(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    path, body = f"/v1/complaints/{made['id']}/dispute", {"body": "12315", "reference": "2026-1", "deadline": None}
    assert api.call("PUT", path, body).json()["dispute"] == body | {"outcome": None}
    assert [one["id"] for one in api.get("/v1/complaints?disputed=true").json()["items"]] == [made["id"]]
    do(api, made, "resolve", SETTLED)
    assert refusal(api, made, "close", {}) == (409, "invalid_transition")
    assert api.call("PUT", path, body | {"outcome": "settled"}).status_code == 200
    assert do(api, made, "close", {})["status"] == "closed"
    assert api.get("/v1/complaints?disputed=true").json()["items"] == []


def test_severity_and_category_set_the_clocks_anew_from_the_opening(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add(), severity=4)
    assert made["due_at"] == "2026-11-26T03:00:00Z"
    clock.advance(minutes=45)
    path = f"/v1/complaints/{made['id']}"
    worse = api.patch(path, {"severity": 1}, made["version"]).json()
    assert (worse["breached"], worse["clocks"][0]["minutes"]) == (["first_response"], 30)
    assert worse["clocks"][0]["breached_at"] == "2026-11-25T08:45:00Z"  # not before it was promised
    better = api.patch(path, {"severity": 4, "description": "只是包装"}, worse["version"]).json()
    assert (better["breached"], better["description"]) == (["first_response"], "只是包装")
    unknown = api.patch(path, {"category": "nowhere"}, better["version"])
    assert [(one["field"], one["code"]) for one in unknown.json()["errors"]] == [("category", "reference_not_found")]
    do(api, made, "reject", {"reason": "no"})
    assert api.patch(path, {"severity": 1}, read(api, made)["version"]).json()["code"] == "invalid_transition"


def test_only_what_ended_is_taken_out_of_the_lists(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    path = f"/v1/complaints/{made['id']}"
    assert api.call("DELETE", path).json()["code"] == "invalid_transition"
    do(api, made, "reject", {"reason": "spam"})
    assert api.call("DELETE", path).status_code == api.call("DELETE", path).status_code == 204
    assert api.get("/v1/complaints").json()["items"] == []
    assert read(api, made)["status"] == "rejected"


@pytest.mark.parametrize("disputed", [False, True])
def test_what_is_taken_up_again_is_in_the_lists_again(api: Api, profile: Profile, *, disputed: bool) -> None:
    made = complain(api, profile.add())
    path = f"/v1/complaints/{made['id']}"
    do(api, made, "resolve", SETTLED)
    do(api, made, "close", {})
    assert api.call("DELETE", path).status_code == 204
    if disputed:
        assert api.call("PUT", f"{path}/dispute", {"body": "12315"}).status_code == 200
    else:
        do(api, made, "reopen", {"reason": "又碎了"})
    assert [one["id"] for one in api.get("/v1/complaints").json()["items"]] == [made["id"]]


def test_a_wait_must_end_later(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    do(api, made, "assign", somebody(profile))
    do(api, made, "start")
    refused = api.post(f"/v1/complaints/{made['id']}/wait", {"until": "2026-11-25T08:00:00Z", "reason": "x"})
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("until", "too_old")]
