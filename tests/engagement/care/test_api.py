"""Care rules and the care calendar over HTTP."""

from typing import Any

import pytest

from services.engagement.customers import usecases as customers
from services.engagement.occurrences import usecases as occurrences
from shared.contracts.examples import examples
from shared.contracts.profile import Birthday, CustomerRecorded
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-26")


def rule(**fields: Any) -> dict[str, Any]:
    return {
        "code": "birthday-vip",
        "name": "Birthday",
        "occasion": {"kind": "birthday"},
        "at": "10:00",
        "purpose": "marketing",
        "topic": "care",
        "channels": ["email"],
        "template": "birthday",
    } | fields


def test_a_rule_from_draft_to_paused(api: Api) -> None:
    created = api.post("/v1/care-rules", rule())
    assert created.status_code == 201, created.text
    path, made = created.headers["Location"], created.json()
    assert (made["status"], made["occasion"]["leap_day"], made["freshness_hours"]) == ("draft", "02-28", 48)
    assert api.post("/v1/care-rules", rule()).json()["code"] == "already_exists"
    assert api.post(f"{path}/pause").json()["code"] == "invalid_transition"
    assert api.post(f"{path}/activate").json()["status"] == "active"
    assert api.post(f"{path}/activate").status_code == 409
    edited = api.patch(path, {"occasion": {"leap_day": "03-01"}, "at": "11:00"}, 2).json()
    assert (edited["occasion"]["leap_day"], edited["at"], edited["version"]) == ("03-01", "11:00", 3)
    assert api.post(f"{path}/pause").json()["status"] == "paused"
    assert [one["code"] for one in api.get("/v1/care-rules?status=paused&sort=code").json()["items"]] == [
        "birthday",
        "birthday-vip",
        "thank-you",
    ]
    assert api.call("DELETE", path).status_code == 204
    assert api.post(f"{path}/activate").status_code == 409
    assert api.get(path).status_code == 200


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"at": None}, "at", "required"),
        ({"at": "22:00"}, "at", "not_allowed"),
        ({"at": "08:59"}, "at", "not_allowed"),
        ({"template": "nothing"}, "template", "reference_not_found"),
        ({"template": "thank-you"}, "purpose", "not_allowed"),
        ({"audience": {"include": ["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"]}}, "audience.include", "not_allowed"),
        ({"reward": {"kind": "points", "points": 10}}, "reward", "not_allowed"),
        ({"occasion": {"kind": "holiday", "holiday": "x"}}, "occasion", "not_allowed"),
    ],
)
def test_what_cannot_work_is_refused(api: Api, fields: dict[str, Any], field: str, code: str) -> None:
    refused = api.post("/v1/care-rules", rule(**fields))
    assert refused.status_code == 422
    assert [(error["field"], error["code"]) for error in refused.json()["errors"]] == [(field, code)]


def test_the_calendar_shows_what_is_planned_and_what_is_expected(api: Api, profile: Profile, clock: Clock) -> None:
    path = api.post("/v1/care-rules", rule()).headers["Location"]
    api.post(f"{path}/activate")
    people = {day: profile.add() for day in (26, 28, 30)}
    known = examples(CustomerRecorded)[0].model_copy(
        update={"status": "active", "customer_kind": "person", "time_zone": "Asia/Shanghai"}
    )
    events = [
        known.model_copy(update={"customer_id": one, "birthday": Birthday(month=11, day=day)})
        for day, one in people.items()
    ]
    with api.runtime.database.transaction() as session:
        customers.record(session, events, clock())
    occurrences.plan_birthdays(api.runtime)

    span = "/v1/care-calendar?from=2026-11-25&to=2026-12-01"
    entries = api.get(span).json()["items"]
    assert [(one["happens_at"], one["status"]) for one in entries] == [
        ("2026-11-26T02:00:00Z", "planned"),
        ("2026-11-28T02:00:00Z", "expected"),
        ("2026-11-30T02:00:00Z", "expected"),
    ]
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{span}&limit=1&cursor={cursor}" if cursor else f"{span}&limit=1").json()
        seen += page["items"]
        cursor = page["next_cursor"]
    assert seen == entries
    own = api.get(f"/v1/care-calendar?from=2026-11-25&to=2027-11-25&customer_id={people[28]}").json()["items"]
    assert [one["key"] for one in own] == ["birthday:2026"]
    assert api.get("/v1/care-calendar?from=2026-11-25&to=2027-11-25").status_code == 422
    assert api.get("/v1/care-calendar?from=2026-11-25&to=2026-11-25").status_code == 422
    assert api.get(f"{span}&cursor=x").json()["code"] == "cursor_invalid"
    listed = api.get(f"{path}/occurrences?status=planned").json()["items"]
    assert [one["customer_id"] for one in listed] == [str(people[26])]
