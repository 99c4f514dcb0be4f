"""Keeping statistics true: by what is due, and by recomputing everybody."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from services.scoring.__main__ import SERVICE
from services.scoring.facts import usecases as facts
from services.scoring.statistics import repository, usecases
from services.scoring.statistics.api import REBUILD
from services.scoring.statistics.tables import Statistics
from shared import jobs, linking, migrations
from shared.db import Database
from shared.due import CustomerDue
from shared.jobs import JobRun
from shared.runtime import Runtime
from shared.testing.tables import metadata_of
from shared.testing.waiting import wait_until
from tests.scoring.events import PEOPLE, order
from tests.scoring.statistics.worlds import apply, world

pytestmark = pytest.mark.capability("C-10")
ZONE = "Asia/Shanghai"
WEI, MEI, LI, _ = PEOPLE


def work_off(session: Session, now: datetime) -> None:
    """Store the statistics of whoever is due, and of nobody else."""
    due_ids = session.scalars(select(CustomerDue.customer_id).where(CustomerDue.next_at <= now)).all()
    repository.store(session, sorted(set(linking.canonical(session, due_ids).values())), ZONE, now)
    session.execute(update(CustomerDue).values(next_at=None))


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_whoever_a_fact_concerns_is_due_so_what_is_stored_stays_what_the_facts_say(
    session_of: Callable[[str], Session], now: datetime, seed: int
) -> None:
    session, random = session_of("scoring"), Random(seed)
    events = world(random)
    random.shuffle(events)
    with session.begin_nested() as attempt:
        for start in range(0, len(events), 20):
            apply(session, events[start : start + 20], now)
            work_off(session, now)
        found = usecases.check(session, None, 100, ZONE)
        attempt.rollback()
    assert found.checked > 0
    assert found.differences == []


def stored(runtime: Runtime, events: Sequence[Any], now: datetime) -> None:
    with runtime.database.transaction() as session:
        facts.record_orders(session, events, now)
        work_off(session, now)


def due_people(runtime: Runtime) -> dict[UUID, datetime | None]:
    with runtime.database.reading() as session:
        return dict(session.execute(select(CustomerDue.customer_id, CustomerDue.next_at)).all())


def rebuild(runtime: Runtime) -> dict[str, Any]:
    return usecases.rebuild(runtime, JobRun(runtime, "scr_none", {}))


def test_a_rebuild_repairs_what_is_stored_and_has_just_those_scored_again(
    runtime_of: Callable[..., Runtime], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "RANGE", 2)
    later = now + timedelta(hours=1)
    runtime = runtime_of("scoring", lambda: later)
    stored(runtime, [order(one, at) for at, one in enumerate(PEOPLE)], now)
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE statistics SET orders = 99 WHERE customer_id = :id"), {"id": MEI})
        session.execute(text("DELETE FROM statistics WHERE customer_id = :id"), {"id": LI})
    assert rebuild(runtime) == {"customers": 4, "changed": 2}
    assert {one for one, at in due_people(runtime).items() if at == later} == {MEI, LI}
    with runtime.database.reading() as session:
        assert usecases.check(session, None, 10, ZONE).differences == []


def test_a_second_rebuild_changes_nothing_and_makes_nobody_due(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    runtime = runtime_of("scoring")
    stored(runtime, [order(WEI, 1), order(MEI, 2)], now)
    assert rebuild(runtime) == {"customers": 2, "changed": 0}
    assert set(due_people(runtime).values()) == {None}


def test_the_job_of_that_name_is_the_rebuild(runtime_of: Callable[..., Runtime], now: datetime) -> None:
    runtime = runtime_of("scoring")
    stored(runtime, [order(WEI, 1)], now)
    with runtime.database.transaction() as session:
        job_id = jobs.start(session, "scoring", REBUILD, {}, now)
    jobs.run(runtime, SERVICE.jobs, job_id)
    with runtime.database.reading() as session:
        job = jobs.get(session, job_id)
        assert (job.status, job.done, job.total) == ("succeeded", 1, 1)
        assert job.result == {"customers": 1, "changed": 0}


def waiting(runtime: Runtime) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with runtime.database.reading() as session:
        return int(session.execute(text(query)).scalar_one())


def test_a_rebuild_waits_for_who_works_on_the_same_people(runtime_of: Callable[..., Runtime], now: datetime) -> None:
    runtime = runtime_of("scoring")
    stored(runtime, [order(WEI, 1)], now)
    with ThreadPoolExecutor(1) as pool:
        with runtime.database.transaction() as holder:
            repository.alone(holder, [WEI])
            job = pool.submit(rebuild, runtime)
            wait_until(lambda: waiting(runtime) == 1)
            with runtime.database.transaction() as session:
                facts.record_orders(session, [order(WEI, 2, day=1)], now)
        assert job.result() == {"customers": 1, "changed": 1}
    with runtime.database.reading() as session:
        assert repository.of(session, [WEI])[WEI]["orders"] == 2


def test_a_rebuild_is_alone_with_nobody_while_it_waits_for_a_mark(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    runtime = runtime_of("scoring")
    stored(runtime, [order(WEI, 1), order(MEI, 2)], now)
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE statistics SET orders = 99"))
    with ThreadPoolExecutor(1) as pool:
        with runtime.database.transaction() as holder:
            holder.execute(update(CustomerDue).where(CustomerDue.customer_id == WEI).values(next_at=None))
            job = pool.submit(rebuild, runtime)
            wait_until(lambda: waiting(runtime) == 1)
            repository.alone(holder, [WEI, MEI])  # would close a circle
            assert due_people(runtime) == {WEI: None, MEI: now}
        assert job.result() == {"customers": 2, "changed": 2}
    assert due_people(runtime) == {WEI: now, MEI: now}


def test_who_was_stored_before_there_were_main_categories_is_looked_at_soon_and_nobody_else(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database = database_of("scoring")
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    sold = {"line_id": "1", "category": "tea", "quantity": 1, "unit_price": "9", "net": "9"}
    sold |= dict.fromkeys(("discount", "refunded_quantity", "returned_quantity"), 0)
    with database.transaction() as session:
        facts.record_orders(session, [order(WEI, 1, lines=[sold]), order(MEI, 2, lines=[sold]), order(LI, 3)], now)
        work_off(session, now)
        session.execute(update(Statistics).where(Statistics.customer_id == WEI).values(main_category=None))
    migrations.downgrade("scoring", url, metadata_of("scoring")[1], "7eb9903c1df8")
    migrations.upgrade("scoring", url, metadata_of("scoring")[1])
    with database.reading() as session:
        found = session.scalars(select(CustomerDue.customer_id).where(CustomerDue.next_at.is_not(None))).all()
        soon = CustomerDue.next_at < func.now() + timedelta(hours=1)
        assert session.scalar(select(soon).where(CustomerDue.customer_id == WEI))
    assert found == [WEI]
