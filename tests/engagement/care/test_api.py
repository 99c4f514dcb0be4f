"""Care rules and the care calendar over HTTP."""

from datetime import date
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
        "anniversary",
        "birthday",
        "birthday-vip",
        "mid-autumn",
        "spring-festival",
        "thank-you",
        "usage-check",
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
        ({"reward": {"kind": "points", "points": 10}}, "reward", "not_allowed"),
        ({"reward": {"kind": "gift", "sku": "tea-01"}}, "reward", "not_allowed"),
        ({"occasion": {"kind": "holiday", "holiday": "x"}}, "occasion.holiday", "reference_not_found"),
        (
            {"occasion": {"kind": "holiday", "holiday": "x", "calendar": "y"}},
            "occasion.calendar",
            "reference_not_found",
        ),
        ({"occasion": {"kind": "holiday", "holiday": "qixi"}, "at": None}, "at", "required"),
        ({"occasion": {"kind": "follow_up", "every_days": 3}}, "occasion.follow_up.every_days", "too_small"),
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
    occurrences.plan_dates(api.runtime)

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
    assert api.get("/v1/care-calendar?from=2026-11-25&to=2027-11-27").status_code == 422
    assert api.get("/v1/care-calendar?from=2026-11-25&to=2026-11-25").status_code == 422
    assert api.get(f"{span}&cursor=x").json()["code"] == "cursor_invalid"
    listed = api.get(f"{path}/occurrences?status=planned").json()["items"]
    assert [one["customer_id"] for one in listed] == [str(people[26])]


def test_a_rule_is_previewed_for_a_year_before_it_works(api: Api, profile: Profile, clock: Clock) -> None:
    """A lunar birthday, the 29th of February and a festival, by day and by person."""
    known = examples(CustomerRecorded)[0].model_copy(
        update={"status": "active", "customer_kind": "person", "time_zone": "Asia/Shanghai"}
    )
    births = [Birthday(calendar="lunar", month=8, day=15), Birthday(month=2, day=29), Birthday(month=2, day=28)]
    events = [known.model_copy(update={"customer_id": profile.add(), "birthday": one}) for one in births]
    with api.runtime.database.transaction() as session:
        customers.record(session, events, clock())
    birthday = api.post("/v1/care-rules", rule()).json()["id"]
    occasion = {"kind": "holiday", "holiday": "spring-festival", "offset_days": -1}
    festival = api.post("/v1/care-rules", rule(code="spring", occasion=occasion)).json()["id"]

    year = "from=2027-01-01&to=2028-01-01"
    days = api.get(f"/v1/care-calendar/days?{year}&rule_id={birthday}").json()["items"]
    assert [(one["day"], one["people"]) for one in days] == [("2027-02-28", 2), ("2027-09-15", 1)]
    days = api.get(f"/v1/care-calendar/days?{year}&rule_id={festival}").json()["items"]
    assert [(one["day"], one["rule"], one["people"]) for one in days] == [("2027-02-05", "spring", 3)]
    firms = [{"customer_kind": "organisation", "renewal_at": date(2027, month, 1)} for month in (3, 3, 7)]
    with api.runtime.database.transaction() as session:
        some = [known.model_copy(update=firm | {"customer_id": profile.add()}) for firm in firms]
        customers.record(session, some, clock())
    renewal = api.post("/v1/care-rules", rule(code="contract", occasion={"kind": "renewal"})).json()["id"]
    days = api.get(f"/v1/care-calendar/days?{year}&rule_id={renewal}").json()["items"]
    assert [(one["day"], one["people"]) for one in days] == [("2027-01-30", 2), ("2027-06-01", 1)]
    entries = api.get(f"/v1/care-calendar?{year}&rule_id={birthday}").json()["items"]
    assert [(one["happens_at"], one["key"], one["status"]) for one in entries] == [
        *[("2027-02-28T02:00:00Z", "birthday:2027", "expected")] * 2,
        ("2027-09-15T02:00:00Z", "birthday:2027", "expected"),
    ]
    assert api.get(f"/v1/care-calendar/days?{year}").json()["items"] == []
