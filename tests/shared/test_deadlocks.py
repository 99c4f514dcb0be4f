"""What is done again, and what is not."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.deadlocks import unless_deadlocked

DEADLOCK = text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")


@pytest.fixture
def session(session_of: Callable[[str], Session]) -> Session:
    return session_of("shared")


def test_the_victim_of_a_deadlock_begins_again_and_gives_up_in_the_end(session: Session) -> None:
    tries: list[int] = []

    def work(deadlocks: int) -> int:
        tries.append(deadlocks)
        if len(tries) <= deadlocks:
            session.execute(DEADLOCK)
        return session.scalar(text("SELECT 7")) or 0

    assert (unless_deadlocked(lambda: work(2), session.rollback), len(tries)) == (7, 3)
    tries.clear()
    with pytest.raises(OperationalError):
        unless_deadlocked(lambda: work(9), session.rollback)
    assert len(tries) == 3


def test_what_fails_otherwise_is_not_begun_again(session: Session) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        session.execute(text("DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$"))

    with pytest.raises(OperationalError):
        unless_deadlocked(work, session.rollback)
    assert len(tries) == 1
