"""Campaigns by phone and visit: each person who may be spoken to ends as one task, and what holds for mail holds."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select

from services.engagement.broadcasts import usecases as broadcasts
from services.engagement.campaigns import usecases as campaigns
from services.engagement.deliveries import usecases as deliveries
from services.engagement.lifts import usecases as lifts
from services.engagement.tasks import usecases as tasks_
from services.engagement.tasks.schemas import Completion
from services.engagement.tasks.tables import Task
from shared import linking
from shared.runtime import Runtime
from tests.engagement.broadcasts.campaigning import REGULARS, advance, begin, bought, campaign, members, regulars, run
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import mails, messages
from tests.engagement.tasks.following import ANYBODY

pytestmark = pytest.mark.capability("C-27")
PHONE = {"contact_id": str(UUID(int=9)), "channel": "phone", "value": "+8613800138000"}


def tasks(runtime: Runtime, status: str = "open") -> Sequence[Task]:
    with runtime.database.reading() as session:
        return session.scalars(select(Task).where(Task.status == status).order_by(Task.customer_id)).all()


def test_several_workers_give_each_member_to_staff_once(
    runtime: Runtime, profile: Profile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "PAGE", 7)
    monkeypatch.setattr(broadcasts, "AT_ONCE", 5)
    people = regulars(runtime, profile, 24, contacts=[PHONE])
    unwilling = regulars(runtime, profile, 2, contacts=[PHONE], consents=[])
    running = begin(runtime, channels=["phone"], holdout=0.2)

    def work(turn: int) -> None:
        for _ in range(40):
            broadcasts.advance_due(runtime) if turn % 2 else deliveries.send_due(runtime)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    run(runtime)
    taken = {one.customer_id: one.arm for one in members(runtime, running)}
    called = sorted(one for one in people if taken[one] == "a")
    assert [one.customer_id for one in tasks(runtime)] == called
    assert {(one.kind, one.cause, one.case_id) for one in tasks(runtime)} == {("call", "campaign", running)}
    assert (set(taken), mails(runtime)) == ({*people, *unwilling}, [])
    clock.advance(seconds=1)
    advance(runtime)
    assert campaign(runtime, running).status == "finished"


def test_results_count_who_was_given_to_staff_against_the_hold_out(runtime: Runtime, profile: Profile) -> None:
    people = regulars(runtime, profile, 20, contacts=[PHONE])
    running = begin(runtime, channels=["phone"], holdout=0.3)
    run(runtime)
    groups = Counter(one.arm for one in members(runtime, running))
    bought(runtime, tasks(runtime)[0].customer_id, runtime.now(), "80.00")
    with runtime.database.reading() as session:
        found = lifts.results(session, running, "CNY")
    assert found.messages == {"handed_over": groups["a"]}
    assert {one.group: (one.assigned, one.sent, one.converted) for one in found.groups} == {
        "holdout": (groups["holdout"], 0, 0),
        "a": (groups["a"], groups["a"], 1),
    }
    assert groups.total() == len(people)


def test_no_minute_gives_staff_more_than_the_throttle_allows(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    regulars(runtime, profile, 9, contacts=[PHONE])
    begin(runtime, channels=["visit"], throttle_per_minute=4)
    begun = runtime.now()
    while len(tasks(runtime)) < 9:
        run(runtime)
        clock.advance(seconds=10)
        assert (runtime.now() - begun).total_seconds() < 600
    at = sorted(one.counted_at for one in messages(runtime) if one.counted_at)
    assert all((later - earlier).total_seconds() >= 60 for earlier, later in zip(at, at[4:], strict=False))


def test_stopping_takes_back_what_nobody_did_and_gives_out_no_more(
    runtime: Runtime, profile: Profile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks_, "BATCH", 2)
    regulars(runtime, profile, 7, contacts=[PHONE])
    running = begin(runtime, channels=["phone"], throttle_per_minute=5)
    run(runtime)
    done, *rest = tasks(runtime)
    with runtime.database.transaction() as session:
        tasks_.complete(session, done.task_id, Completion(outcome="satisfied"), caller=ANYBODY, now=clock())
    with runtime.database.transaction() as session:
        campaigns.stop(session, running, clock())
    clock.advance(minutes=5)
    run(runtime)
    assert [one.task_id for one in tasks(runtime, "done")] == [done.task_id]
    assert {one.task_id for one in tasks(runtime, "cancelled")} == {one.task_id for one in rest}
    assert (len(rest), tasks(runtime)) == (4, [])


def test_one_person_is_one_task_after_a_merge_and_by_the_first_way_there_is(runtime: Runtime, profile: Profile) -> None:
    ada, alias = regulars(runtime, profile, 2, contacts=[])
    with runtime.database.transaction() as session:
        linking.point(session, [(alias, ada, 2)])
    audience = {"customer_ids": [str(alias)], "include": [str(REGULARS)]}
    begin(runtime, channels=["email", "phone", "visit"], audience=audience)
    advance(runtime)
    run(runtime)
    assert [(one.customer_id, one.kind) for one in tasks(runtime)] == [(ada, "visit")]
