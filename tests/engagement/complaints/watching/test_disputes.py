"""The deadline of an outside body is watched whatever becomes of the complaint, and what it does is told once."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from services.engagement.alerts.tables import StaffAlert
from services.engagement.complaints import usecases as complaints
from services.engagement.holdings import HOLDINGS
from services.engagement.slas import usecases as slas
from services.engagement.slas.tables import SlaClock
from services.engagement.tasks.tables import Task
from shared import holdings
from tests.engagement.complaints.complaining import SETTLED, clocks, complain, do, history, look, read, told
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-30")
ENDS = "2026-12-05T08:00:00Z"  # a Saturday, ten days from now


def dispute(api: Api, complaint: dict[str, Any], deadline: str | None = ENDS, **fields: Any) -> dict[str, Any]:
    body = {"body": "12315", "reference": "浙市监诉2026-1", "deadline": deadline} | fields
    answer = api.call("PUT", f"/v1/complaints/{complaint['id']}/dispute", body)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def tasks(api: Api, complaint: dict[str, Any]) -> list[tuple[str, int]]:
    """The open tasks of its dispute."""
    with api.runtime.database.reading() as session:
        wanted = select(Task.facts).where(Task.case_id == UUID(complaint["id"]), Task.status == "open")
        found = [one for one in session.scalars(wanted) if one["metric"] == "dispute"]
    return sorted((one["to"], one["percent"]) for one in found)


def alerts(api: Api) -> list[int]:
    with api.runtime.database.reading() as session:
        found = session.scalars(select(StaffAlert.facts))
        return sorted(one["percent"] for one in found if one["metric"] == "dispute")


@pytest.fixture
def leads(api: Api) -> None:
    body = {"code": "leads", "name": "主管", "kind": "mail", "target": {"address": "lead@shop.example"}}
    assert api.post("/v1/alert-routes", body).status_code == 201


@pytest.mark.usefixtures("leads")
def test_a_deadline_that_nears_and_passes_is_told_like_any_clock(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add())
    do(api, made, "resolve", SETTLED)
    assert dispute(api, made)["due_at"] == ENDS
    clock.advance(days=7, hours=12)
    assert (look(api), look(api)) == (1, 0)
    assert (tasks(api, made), alerts(api), read(api, made)["breached"]) == ([("owner", 75)], [75], [])
    clock.advance(days=3)
    assert (look(api), look(api)) == (1, 0)
    shown = read(api, made)
    assert (shown["breached"], shown["escalated_to"], shown["escalated_at"]) == (["dispute"], "lead", ENDS)
    assert clocks(api, made)["dispute", 1]["breached_at"] == ENDS
    assert (tasks(api, made), alerts(api)) == ([("lead", 100), ("owner", 75)], [75, 100])
    assert told(api)[-1].changes == ["breached", "escalated"]
    dispute(api, made, outcome="settled")
    assert (tasks(api, made), read(api, made)["due_at"]) == ([], None)
    assert clocks(api, made)["dispute", 1]["met_at"] is not None
    assert do(api, made, "close", {})["status"] == "closed"


@pytest.mark.parametrize("ended", ["reject", "close"])
def test_a_complaint_that_ended_is_watched_until_the_outside_body_decided(
    api: Api, profile: Profile, clock: Clock, ended: str
) -> None:
    made = complain(api, profile.add())
    if ended == "close":
        do(api, made, "resolve", SETTLED)
    do(api, made, ended, {"reason": "no"} if ended == "reject" else {})
    dispute(api, made)
    clock.advance(days=11)
    assert (look(api), read(api, made)["breached"]) == (1, ["dispute"])
    dispute(api, made, outcome="refused")
    clock.advance(days=30)
    assert look(api) == 0


def test_a_decision_in_time_breaks_nothing_and_an_appeal_has_a_clock_of_its_own(
    api: Api, profile: Profile, clock: Clock
) -> None:
    made = complain(api, profile.add())
    do(api, made, "reject", {"reason": "no"})
    dispute(api, made)
    dispute(api, made)  # the same once more
    clock.advance(days=9)
    dispute(api, made, outcome="settled")
    clock.advance(days=9)
    look(api)
    assert read(api, made)["breached"] == []
    dispute(api, made, "2026-12-20T08:00:00Z", body="法院")
    assert {name for name in clocks(api, made) if name[0] == "dispute"} == {("dispute", 1), ("dispute", 2)}
    assert [verb for verb, _ in history(api, made)].count("dispute") == 4


def test_what_goes_on_elsewhere_is_watched_no_more(api: Api, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    withdrawn, merged, into = (complain(api, ada) for _ in range(3))
    for made in (withdrawn, merged):
        dispute(api, made)
    do(api, withdrawn, "withdraw", {"reason": "she says"})
    do(api, merged, "merge", {"into": into["id"]})
    do(api, into, "reject", {"reason": "no"})
    clock.advance(days=30)
    assert (look(api), read(api, withdrawn)["breached"], read(api, merged)["breached"]) == (0, [], [])


@pytest.mark.usefixtures("leads")
def test_counting_anew_from_history_gives_what_is_stored_and_tells_nothing_twice(
    api: Api, profile: Profile, clock: Clock
) -> None:
    made = complain(api, profile.add())
    dispute(api, made)
    clock.advance(days=4)
    dispute(api, made, "2026-12-01T08:00:00Z")
    clock.advance(days=9)
    look(api)
    before, complaint_id = clocks(api, made), UUID(made["id"])
    with api.runtime.database.transaction() as session:
        session.execute(delete(SlaClock).where(SlaClock.subject_id == complaint_id))
        slas.count(session, [complaint_id], clock())
    assert clocks(api, made) == before
    with api.runtime.database.transaction() as session:
        assert slas.count(session, [complaint_id], clock())[complaint_id].news == []
    assert alerts(api) == [75, 100]


def test_nothing_is_told_of_the_dispute_of_who_was_erased(api: Api, profile: Profile, clock: Clock) -> None:
    who = profile.add()
    made = complain(api, who)
    do(api, made, "reject", {"reason": "no"})
    dispute(api, made)
    with api.runtime.database.transaction() as session:
        holdings.erase(session, HOLDINGS, [who])
    before = len(told(api))
    with api.runtime.database.transaction() as session:
        complaints.look_again(session, [UUID(made["id"])], datetime.fromisoformat(ENDS))
    clock.advance(days=30)
    assert (look(api), look(api), len(told(api))) == (1, 0, before)
