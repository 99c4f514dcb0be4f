"""What happens to complaints by the clock, whoever looks and however late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from services.engagement.complaints.tables import Complaint
from services.engagement.complaints.watching import usecases as watching
from services.engagement.holdings import HOLDINGS, TERMS
from services.engagement.tasks.tables import Task
from shared import holdings, retention
from tests.engagement.complaints.complaining import clocks, complain, do, history, look, read, told
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-30")


def followed(api: Api, complaint: dict[str, Any]) -> list[dict[str, Any]]:
    """What the open tasks of seeing to a complaint say, in the order of their clocks."""
    with api.runtime.database.reading() as session:
        wanted = select(Task).where(Task.case_id == complaint["id"], Task.status == "open")
        found = [task.facts for task in session.scalars(wanted)]
    return sorted(found, key=lambda one: (one["metric"], one["percent"]))


def test_a_clock_that_runs_out_is_told_once_with_its_exact_instant(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add(), severity=1)
    clock.advance(minutes=29, seconds=59)
    assert (look(api), read(api, made)["breached"]) == (0, [])
    clock.advance(minutes=5)
    assert (look(api), look(api)) == (1, 0)
    shown = read(api, made)
    assert (shown["breached"], shown["escalated_to"], shown["escalated_at"]) == (
        ["first_response"],
        "lead",
        "2026-11-25T08:30:00Z",
    )
    assert clocks(api, made)["first_response", 1]["breached_at"] == "2026-11-25T08:30:00Z"
    assert history(api, made) == [("opened", "new"), ("breached", "new"), ("escalated", "new")]
    assert [(one.breached, one.changes) for one in told(api)][1:] == [(["first_response"], ["breached", "escalated"])]
    assert [one["to"] for one in followed(api, made)] == ["lead"]
    clock.advance(days=7)
    look(api)
    assert look(api) == 0
    metrics = [one["values"].get("percent") for one in api.get(f"/v1/complaints/{made['id']}/history").json()["items"]]
    assert sorted(one for one in metrics if one) == [75, 100, 100]
    assert told(api)[-1].breached == ["first_response", "resolution"]
    assert [one["to"] for one in followed(api, made)] == ["lead", "owner", "lead"]
    do(api, made, "reject", {"reason": "no"})
    assert followed(api, made) == []


def test_an_answer_that_comes_late_notes_the_breach_at_its_instant(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add(), severity=1)
    clock.advance(minutes=40)
    do(api, made, "comments", {"text": "late"})
    assert clocks(api, made)["first_response", 1]["breached_at"] == "2026-11-25T08:30:00Z"
    assert told(api)[-1].changes == ["answered", "breached", "escalated"]
    assert look(api) == 0


def test_a_wait_ends_at_its_instant_however_late_that_is_noticed(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add())
    do(api, made, "assign", {"owner_id": str(profile.manager())})
    do(api, made, "start")
    do(api, made, "comments", {"text": "?"})
    do(api, made, "wait", {"until": "2026-11-26T01:30:00Z", "reason": "photo"})
    clock.advance(days=1)
    assert (look(api), look(api)) == (1, 0)
    shown = read(api, made)
    assert (shown["status"], shown["waiting_until"]) == ("in_progress", None)
    # 960 minutes from Wednesday 16:00 on, without the 150 of work from then to Thursday 9:30
    assert shown["due_at"] == "2026-11-30T02:30:00Z"
    assert told(api)[-1].changes == ["resume"]


def test_two_workers_note_a_breach_once(api: Api, profile: Profile, clock: Clock) -> None:
    for _ in range(4):
        complain(api, profile.add(), severity=1)
    clock.advance(hours=1)
    with ThreadPoolExecutor(4) as pool:
        looked = list(pool.map(lambda _: look(api), range(8)))
    assert sum(looked) == 4
    assert len([one for one in told(api) if "breached" in one.changes]) == 4


def test_a_holiday_that_is_added_moves_what_is_due(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add(), severity=4)
    assert (watching.recount(api.runtime), made["due_at"]) == (0, "2026-11-26T03:00:00Z")
    clock.advance(minutes=1)
    (calendar,) = api.get("/v1/calendars").json()["items"]
    day = {"day": "2026-11-26", "kind": "closed", "holiday": "move", "name": "搬家"}
    api.post(f"/v1/calendars/{calendar['id']}/days", day)
    clock.advance(minutes=1)
    assert (watching.recount(api.runtime), look(api), watching.recount(api.runtime)) == (1, 1, 0)
    assert read(api, made)["due_at"] == "2026-11-27T03:00:00Z"


def test_nothing_is_told_of_who_was_erased(api: Api, profile: Profile, clock: Clock) -> None:
    who = profile.add()
    made = complain(api, who, severity=1)
    do(api, made, "comments", {"text": "words"})
    with api.runtime.database.transaction() as session:
        counts = holdings.erase(session, HOLDINGS, [who])[who]
        assert counts.items() >= {"complaint": 1, "complaint_step": 2, "complaint_comment": 1}.items()
    clock.advance(days=30)
    with api.runtime.database.transaction() as session:
        complaint = session.get_one(Complaint, made["id"])
        assert (complaint.description, complaint.status, complaint.look_at) == (None, "withdrawn", None)
        complaint.look_at = clock() - timedelta(days=1)
    assert (look(api), look(api), told(api)) == (1, 0, [])
    clock.advance(days=1_830)
    while retention.sweeping(TERMS)(api.runtime):
        pass
    with api.runtime.database.reading() as session:
        assert session.get(Complaint, made["id"]) is None


def test_many_complaints_are_looked_at_by_as_many_statements_as_two(api: Api, profile: Profile, clock: Clock) -> None:
    sent: list[str] = []
    event.listen(api.runtime.database.engine, "before_cursor_execute", lambda *some: sent.append(some[2]))
    counts = []
    for many in (2, 7):
        waiting = [complain(api, profile.add(), severity=1) for _ in range(2 * many)][:many]
        for made in waiting:
            do(api, made, "assign", {"owner_id": str(profile.manager())})
            do(api, made, "start")
            do(api, made, "wait", {"until": (clock() + timedelta(minutes=20)).isoformat(), "reason": "a photo"})
        clock.advance(minutes=45)
        sent.clear()
        assert look(api) == 2 * many
        counts.append(len(sent))
        assert {read(api, made)["status"] for made in waiting} == {"in_progress"}
        assert all(len(followed(api, made)) == 1 for made in waiting)
    assert counts[0] == counts[1]
