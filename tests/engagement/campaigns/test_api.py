"""Campaigns over HTTP: drafted, previewed, run to the result, and what is refused."""

from typing import Any

import pytest

from tests.engagement.broadcasts.campaigning import (
    COMPLAINERS,
    REGULARS,
    advance,
    body,
    bought,
    members,
    put_in,
    regulars,
    run,
)
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-27")


@pytest.fixture(autouse=True)
def _published(profile: Profile) -> None:
    profile.segments |= {REGULARS, COMPLAINERS}


def test_a_preview_asks_the_gates_about_people_who_are_not_left_out_however_many_are(
    api: Api, profile: Profile
) -> None:
    put_in(api.runtime, REGULARS, [profile.add() for _ in range(250)], COMPLAINERS)  # the first by id
    regulars(api.runtime, profile, 3)
    path = api.post("/v1/campaigns", body()).headers["Location"]
    previewed = api.post(f"{path}/audience/preview").json()
    assert (previewed["assigned"], previewed["sampled"], previewed["refusals"]) == (3, 3, {})


def test_a_campaign_from_draft_to_results(api: Api, profile: Profile, clock: Clock) -> None:
    people = regulars(api.runtime, profile, 40)
    silent = regulars(api.runtime, profile, 2, consents=[])
    put_in(api.runtime, REGULARS, [profile.add()], COMPLAINERS)
    created = api.post("/v1/campaigns", body(holdout=0.3))
    assert created.status_code == 201, created.text
    path = created.headers["Location"]
    previewed = api.post(f"{path}/audience/preview").json()
    assert (previewed["size"], previewed["excluded"], previewed["assigned"]) == (43, {"excluded_segment": 1}, 42)
    assert previewed["refusals"] == {"consent.missing": 2}
    assert api.get(path).json()["status"] == "draft"

    started = api.post(f"{path}/start").json()
    run(api.runtime)
    clock.advance(seconds=2)
    run(api.runtime)
    taken = members(api.runtime, started["id"])
    held = [one.customer_id for one in taken if one.arm == "holdout"]
    written = [one for one in people if one not in held]
    for one in written[:10]:
        bought(api.runtime, one, api.runtime.now(), "20.00")
    results = api.get(f"{path}/results").json()
    reached = {one.customer_id for one in taken if one.arm == "a"}
    assert api.get(path).json()["status"] == "finished"
    assert (results["audience"], results["unreleased"]) == (43, 0)
    assert results["messages"]["sent"] == len(written)
    assert results["excluded"]["excluded_segment"] == 1
    assert results["excluded"].get("consent.missing", 0) == len(reached & set(silent))
    holdout, a = results["groups"]
    assert (holdout["assigned"], holdout["sent"], holdout["converted"], holdout["lift"]) == (len(held), 0, 0, None)
    assert (a["assigned"], a["sent"], a["converted"]) == (len(reached), len(written), 10)
    assert a["revenue"] == {"amount": "200.00", "currency": "CNY"}
    lift = a["lift"]
    assert lift["points"] == pytest.approx(1000 / len(reached), abs=0.001)
    assert lift["low"] < lift["points"] < lift["high"]

    listed = api.get(f"{path}/audience?limit=200").json()["items"]
    assert {one["reason"] for one in listed if one["group"] is None} == {"excluded_segment"}
    assert all(one["message_status"] is None for one in listed if one["group"] == "holdout")
    assert len(api.get(f"/v1/messages?campaign_id={started['id']}&limit=200").json()["items"]) == len(reached)


def test_the_steps_of_a_campaign(api: Api, profile: Profile) -> None:
    regulars(api.runtime, profile, 1)
    path = api.post("/v1/campaigns", body(window=body()["window"] | {"from": "2026-11-26T00:00:00Z"})).headers[
        "Location"
    ]
    version = api.get(path).json()["version"]
    assert (
        api.patch(path, {"window": {"to": "2026-11-28T00:00:00Z"}}, version).json()["window"]["to"][:10] == "2026-11-28"
    )
    assert api.post(f"{path}/pause").json()["code"] == "invalid_transition"
    assert api.post(f"{path}/schedule").json()["status"] == "scheduled"
    assert api.patch(path, {"name": "Late"}, version + 2).json()["code"] == "invalid_transition"
    assert api.call("DELETE", path).json()["code"] == "invalid_transition"
    advance(api.runtime)
    assert api.get(path).json()["started_at"] is None
    assert api.post(f"{path}/start").json()["status"] == "running"
    assert api.post(f"{path}/pause").json()["status"] == "paused"
    assert api.post(f"{path}/start").json()["status"] == "running"
    assert api.post(f"{path}/stop").json()["status"] == "stopped"
    assert api.post(f"{path}/start").json()["code"] == "invalid_transition"
    assert api.call("DELETE", path).status_code == 204
    assert api.get("/v1/campaigns").json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"audience": {}}, "audience", "format"),
        ({"holdout": 0.9}, "holdout", "too_large"),
        ({"variants": []}, "variants", "too_short"),
        ({"variants": [{"code": "holdout", "template": "birthday"}]}, "", "format"),
        ({"variants": [{"code": "a", "template": "nothing"}]}, "variants.0.template", "reference_not_found"),
        ({"purpose": "service"}, "variants.0.template", "not_allowed"),
        ({"window": {"from": "2026-11-27T00:00:00Z", "to": "2026-11-26T00:00:00Z"}}, "window", "format"),
        ({"channels": ["pigeon"]}, "channels.0", "not_allowed"),
    ],
)
def test_a_wrong_campaign_is_refused(api: Api, fields: dict[str, Any], field: str, code: str) -> None:
    answer = api.post("/v1/campaigns", body(**fields))
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


def test_a_window_that_has_closed_starts_nothing(api: Api) -> None:
    window = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"}
    path = api.post("/v1/campaigns", body(window=window)).headers["Location"]
    assert api.post(f"{path}/start").json()["errors"][0]["field"] == "window.to"
