"""Complaints added up."""

from typing import Any

import pytest

from services.engagement.complaints.reports.rules import kept
from tests.engagement.complaints.complaining import SETTLED, complain, do, look
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-30")


def report(api: Api, query: str = "") -> dict[str, Any]:
    answer = api.get(f"/v1/reports/complaints?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_complaints_are_added_up(api: Api, profile: Profile, clock: Clock) -> None:
    ada, bob = profile.add(), profile.add()
    first, second = complain(api, ada), complain(api, bob, category="price", severity=1)
    do(api, complain(api, bob), "reject", {"reason": "no"})
    clock.advance(minutes=45)
    look(api)
    do(api, first, "resolve", SETTLED)
    clock.advance(minutes=45)
    do(api, second, "resolve", SETTLED | {"root_cause": "system"})
    do(api, second, "reopen", {"reason": "again"})
    clock.advance(days=80)
    complain(api, ada)
    complain(api, bob)
    found = report(api)
    assert (found["by"], found["total"]["complaints"], found["total"]["unsettled"]) == ("category", 4, 3)
    assert (found["total"]["settled"], found["total"]["breached"], found["total"]["reopened"]) == (1, 1, 1)
    assert (found["total"]["repeated"], found["total"]["hours"]) == (1, 0.75)
    rows = {one["key"]: one for one in found["rows"]}
    assert {key: one["complaints"] for key, one in rows.items()} == {"delivery.damaged": 3, "price": 1}
    assert (rows["price"]["compensation"], rows["price"]["hours"]) == ({"amount": "0.00", "currency": "CNY"}, None)
    sla = {one["metric"]: one for one in found["sla"]}
    assert (sla["first_response"]["clocks"], sla["first_response"]["in_time"]) == (2, 1)
    assert (sla["resolution"]["clocks"], sla["resolution"]["hit_rate"]) == (2, 1)
    assert sla["next_response"] == {
        **{"metric": "next_response", "clocks": 0, "in_time": 0},
        **dict.fromkeys(("hit_rate", "low", "high")),
    }
    causes = {one["key"]: one["complaints"] for one in report(api, "by=root_cause")["rows"]}
    assert causes == {None: 2, "packaging": 1, "system": 1}
    assert {one["key"] for one in report(api, "by=severity")["rows"]} == {"1", "2"}
    for by in ("channel", "status", "owner"):
        assert report(api, f"by={by}")["total"]["complaints"] == 4
    assert report(api, "opened_from=2026-12-01T00:00:00Z")["total"]["complaints"] == 2
    assert report(api, "opened_to=2026-01-01T00:00:00Z")["total"]["complaints"] == 0
    assert api.get("/v1/reports/complaints?by=weather").status_code == 422


@pytest.mark.parametrize(("clocks", "in_time", "low", "high"), [(10, 9, 0.5958, 0.9821), (1, 1, 0.2065, 1.0)])
def test_a_share_of_promises_kept_has_its_interval(clocks: int, in_time: int, low: float, high: float) -> None:
    found = kept("resolution", clocks, in_time)
    assert (found.low, found.high) == (low, high)
