"""Corrective and preventive actions, and whether it happens less often since."""

from typing import Any

import pytest

from shared.ids import new_id
from tests.engagement.complaints.complaining import SETTLED, complain, do, headers, read
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-30")
BOXES: dict[str, Any] = {
    "kind": "preventive",
    "title": "Better boxes",
    "root_cause": "packaging",
    "category": "delivery",
    "window_days": 30,
}


def settle(api: Api, profile: Profile, times: int, *, root_cause: str = "packaging", **fields: Any) -> None:
    for _ in range(times):
        do(api, complain(api, profile.add(), **fields), "resolve", SETTLED | {"root_cause": root_cause})


def test_it_happens_less_often_after_an_action(api: Api, profile: Profile, clock: Clock) -> None:
    settle(api, profile, 4)
    settle(api, profile, 1, root_cause="carrier")
    settle(api, profile, 1, category="price")
    clock.advance(days=10)
    made = api.post("/v1/corrective-actions", BOXES)
    path = made.headers["Location"]
    assert (made.json()["status"], made.json()["before"], made.json()["effect"]) == ("open", None, None)
    begun = api.patch(path, {"status": "in_progress"}, 1).json()
    assert begun["before"] == {"complaints": 4, "days": 30.0, "per_30_days": 4.0}
    settle(api, profile, 1)
    clock.advance(days=1)
    done = api.patch(path, {"status": "done"}, 2).json()
    assert (done["after"], done["effect"]) == ({"complaints": 0, "days": 0.0, "per_30_days": None}, None)
    settle(api, profile, 1)
    clock.advance(days=15)
    half = api.get(path).json()
    assert (half["after"]["complaints"], half["effect"]["ratio"]) == (1, 0.5)
    assert api.post(f"{path}/verify", {"effective": True}).json()["code"] == "invalid_transition"
    clock.advance(days=15)
    settle(api, profile, 1)
    verified = api.post(f"{path}/verify", {"effective": True}).json()
    assert (verified["status"], verified["effective"], verified["after"]["complaints"]) == ("verified", True, 1)
    assert (verified["effect"]["ratio"], verified["version"]) == (0.25, 4)
    assert api.post(f"{path}/verify", {"effective": False}).json()["code"] == "invalid_transition"
    assert [one["id"] for one in api.get("/v1/corrective-actions?status=verified").json()["items"]] == [verified["id"]]
    assert api.get("/v1/corrective-actions?kind=corrective").json()["items"] == []


def test_an_action_goes_one_way_and_is_about_something(api: Api) -> None:
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"root_cause": None, "category": None}, "root_cause", "required"),
        ({"root_cause": "moonlight"}, "root_cause", "reference_not_found"),
        ({"category": "moonlight"}, "category", "reference_not_found"),
        ({"complaint_id": str(new_id())}, "complaint_id", "reference_not_found"),
        ({"window_days": 3}, "window_days", "too_small"),
    ]
    for fields, field, code in faults:
        errors = api.post("/v1/corrective-actions", BOXES | fields).json()["errors"]
        assert [(one["field"], one["code"]) for one in errors] == [(field, code)]
    path = api.post("/v1/corrective-actions", BOXES).headers["Location"]
    assert api.patch(path, {"status": "done"}, 1).json()["code"] == "invalid_transition"
    late = api.patch(path, {"status": "in_progress", "at": "2026-11-26T00:00:00Z"}, 1).json()["errors"]
    assert [(one["field"], one["code"]) for one in late] == [("at", "in_future")]
    assert api.patch(path, {"status": "cancelled", "title": "None"}, 1).json()["status"] == "cancelled"
    assert api.patch(path, {"title": None}, 2).json()["errors"][0]["code"] == "required"
    assert api.call("DELETE", path).status_code == 204
    assert api.get("/v1/corrective-actions").json()["items"] == []


def test_an_action_is_overdue_once_its_business_day_is_over_and_it_is_not_done(api: Api, clock: Clock) -> None:
    def overdue(said: str = "true") -> list[str]:
        items = api.get(f"/v1/corrective-actions?overdue={said}").json()["items"]
        return [one["id"] for one in items]

    made = [api.post("/v1/corrective-actions", BOXES | {"due_on": day}) for day in ("2026-11-25", "2026-11-26", None)]
    first, later, whenever = (one.json()["id"] for one in made)
    assert [one.json()["due_on"] for one in made] == ["2026-11-25", "2026-11-26", None]
    clock.set("2026-11-25T23:59:59+08:00")
    assert overdue() == []
    clock.set("2026-11-26T00:00:00+08:00")
    assert (overdue(), set(overdue("false"))) == ([first], {later, whenever})
    clock.advance(days=1)
    assert set(overdue()) == {first, later}
    path = made[0].headers["Location"]
    assert api.patch(path, {"due_on": "2026-12-18"}, 1).json()["due_on"] == "2026-12-18"
    assert overdue() == [later]
    assert api.patch(path, {"due_on": None}, 2).json()["due_on"] is None
    path = made[1].headers["Location"]
    assert api.patch(path, {"status": "in_progress"}, 1).is_success
    assert overdue() == [later]
    assert api.patch(path, {"status": "done"}, 2).is_success
    assert overdue() == []


def test_a_complaint_shows_staff_what_it_led_to(api: Api, profile: Profile) -> None:
    who = profile.add()
    made = complain(api, who)
    assert made["actions"] == []
    led = [BOXES | {"complaint_id": made["id"], "due_on": day} for day in ("2026-12-18", None)]
    first, second = (api.post("/v1/corrective-actions", one).json() for one in led)
    api.post("/v1/corrective-actions", BOXES)
    shown = {"title": "Better boxes", "status": "open"}
    assert sorted(read(api, made)["actions"], key=lambda one: one["id"]) == [
        {"id": first["id"], "due_on": "2026-12-18"} | shown,
        {"id": second["id"], "due_on": None} | shown,
    ]
    assert api.call("DELETE", f"/v1/corrective-actions/{first['id']}").status_code == 204
    assert [one["id"] for one in read(api, made)["actions"]] == [second["id"]]
    mine = api.http.get(f"/v1/complaints/{made['id']}", headers=headers(api, kind="member", customer_id=who))
    assert (mine.status_code, mine.json()["actions"]) == (200, [])
