"""The due queue: marks are never lost, work is never given twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared import due
from shared.db import Database
from shared.due import CustomerDue
from shared.errors import Unavailable
from shared.ids import new_id


@pytest.fixture
def session(session_of: Callable[[str], Session]) -> Session:
    return session_of("shared")


def _times(session: Session) -> dict[UUID, datetime | None]:
    return dict(session.execute(select(CustomerDue.customer_id, CustomerDue.next_at)).all())


def test_a_mark_never_makes_anybody_due_later(session: Session, now: datetime) -> None:
    customer = new_id()
    due.mark(session, [customer], now)
    due.mark(session, [customer], now + timedelta(days=1))
    assert _times(session) == {customer: now}


def test_settling_sets_each_row_to_its_own_time(session: Session, now: datetime) -> None:
    wanted = {new_id(): now + timedelta(days=at) if at else None for at in range(4)}
    due.mark(session, wanted, now)
    taken, stamp = due.claim(session, CustomerDue.next_at, now)
    assert sorted(taken) == sorted(wanted)
    assert due.settle(session, CustomerDue.next_at, stamp, wanted) == 4
    assert _times(session) == wanted


def test_what_is_marked_while_it_is_worked_on_stays_due(session: Session, now: datetime) -> None:
    customer, other = new_id(), new_id()
    due.mark(session, [customer, other], now)
    _, stamp = due.claim(session, CustomerDue.next_at, now)
    due.mark(session, [customer], now)
    assert due.settle(session, CustomerDue.next_at, stamp, {customer: None, other: None}) == 1
    assert _times(session) == {customer: now, other: None}


def test_a_row_that_somebody_is_marking_is_neither_claimed_nor_waited_for(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database, customer, other = database_of("shared"), new_id(), new_id()
    with database.transaction() as session:
        due.mark(session, [customer, other], now)
    with database.transaction() as marking, database.transaction() as working:
        due.mark(marking, [customer], now)
        taken, stamp = due.claim(working, CustomerDue.next_at, now)
        assert taken == [other]
        assert due.settle(working, CustomerDue.next_at, stamp, dict.fromkeys([customer, other])) == 1


def test_a_claim_takes_no_more_than_its_limit_and_the_longest_due_first(session: Session, now: datetime) -> None:
    customers = [new_id() for _ in range(5)]
    for age, customer in enumerate(customers):
        due.mark(session, [customer], now - timedelta(hours=age))
    taken, _ = due.claim(session, CustomerDue.next_at, now, limit=2)
    assert sorted(taken) == sorted(customers[-2:])
    assert due.claim(session, CustomerDue.next_at, now, limit=9)[0] != taken


def test_a_claim_keeps_its_limit_whatever_plan_the_database_chooses(session: Session, now: datetime) -> None:
    due.mark(session, [new_id() for _ in range(5)], now)
    for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    assert len(due.claim(session, CustomerDue.next_at, now, limit=2)[0]) == 2


def test_two_workers_at_once_never_get_the_same_row(database_of: Callable[[str], Database], now: datetime) -> None:
    database, customers = database_of("shared"), [new_id() for _ in range(10)]
    with database.transaction() as session:
        due.mark(session, customers, now)
    with database.transaction() as one, database.transaction() as two:
        first, _ = due.claim(one, CustomerDue.next_at, now, limit=6)
        second, _ = due.claim(two, CustomerDue.next_at, now, limit=6)
    assert (len(first), len(second)) == (6, 4)
    assert sorted(first + second) == sorted(customers)


def test_the_rows_of_a_worker_that_died_are_claimed_again_after_their_lease(session: Session, now: datetime) -> None:
    customer = new_id()
    due.mark(session, [customer], now)
    due.claim(session, CustomerDue.next_at, now, lease=timedelta(seconds=60))
    assert due.claim(session, CustomerDue.next_at, now + timedelta(seconds=59))[0] == []
    assert due.claim(session, CustomerDue.next_at, now + timedelta(seconds=60))[0] == [customer]


def test_a_worker_that_was_too_slow_does_not_settle_what_another_has_taken_over(
    session: Session, now: datetime
) -> None:
    customer = new_id()
    due.mark(session, [customer], now)
    _, slow = due.claim(session, CustomerDue.next_at, now)
    later = now + timedelta(minutes=2)
    _, quick = due.claim(session, CustomerDue.next_at, later)
    assert due.settle(session, CustomerDue.next_at, slow, {customer: None}) == 0
    assert due.settle(session, CustomerDue.next_at, quick, {customer: later}) == 1


def test_no_mark_is_lost_while_workers_claim_and_settle(database_of: Callable[[str], Database], now: datetime) -> None:
    """Marks carry a number that grows; when all is settled the last number of every customer has been worked on."""
    database, customers = database_of("shared"), [new_id() for _ in range(5)]
    told, worked = dict.fromkeys(customers, 0), dict.fromkeys(customers, 0)
    marked = Event()

    def mark() -> None:
        for turn in range(1, 41):
            for customer in customers:
                told[customer] = turn  # stands for the fact that is written in the same transaction
                with database.transaction() as session:
                    due.mark(session, [customer], now)
        marked.set()

    def work() -> None:
        while not (marked.is_set() and _nothing_due(database, now)):
            with database.transaction() as session:
                claimed, stamp = due.claim(session, CustomerDue.next_at, now, limit=2)
            seen = {customer: told[customer] for customer in claimed}
            with database.transaction() as session:
                done = due.settle(session, CustomerDue.next_at, stamp, dict.fromkeys(claimed))
            assert done <= len(claimed)
            worked.update(seen)

    with ThreadPoolExecutor(3) as pool:
        for task in [pool.submit(mark), pool.submit(work)]:
            task.result(60)
    assert worked == told


def _nothing_due(database: Database, now: datetime) -> bool:
    with database.reading() as session:
        return not session.scalars(select(CustomerDue.customer_id).where(CustomerDue.next_at <= now)).all()


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=40), st.data())
def test_what_cannot_be_worked_on_is_singled_out_and_all_else_is_done(keys: list[int], data: st.DataObject) -> None:
    bad = data.draw(st.sets(st.sampled_from(keys), max_size=4))
    done: list[int] = []

    def work(some: Sequence[int]) -> None:
        if bad & set(some):
            raise ZeroDivisionError
        done.extend(some)

    assert set(due.singled_out(keys, work)) == bad
    assert sorted(done) == sorted(set(keys) - bad)


def test_a_database_that_is_away_concerns_all() -> None:
    tried: list[int] = []

    def work(some: Sequence[int]) -> None:
        tried.append(len(some))
        raise Unavailable("The database is away.")

    with pytest.raises(Unavailable):
        due.singled_out([1, 2, 3], work)
    assert tried == [3]
