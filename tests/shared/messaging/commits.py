"""What relay tests and their mutant have in common: an outbox, and two commits in the wrong order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from shared.contracts.base import Event
from shared.db import Database
from shared.messaging import outbox
from shared.messaging.outbox import OutboxRow
from shared.runtime import Runtime
from shared.testing.waiting import wait_until
from tests.shared.messaging.conftest import records
from tests.shared.messaging.projection import order


def waiting(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def add(database: Database, events: Sequence[Event]) -> None:
    with database.transaction() as session:
        outbox.add(session, events)


def header(record: Any, name: str) -> str:
    value: bytes = dict(record.headers)[name]
    return value.decode()


def late_commit_arrives(runtime: Runtime, topic: str) -> bool:
    """Whether an event arrives whose transaction drew its place first and committed last, a relay running meanwhile."""
    first, second, third = order(), order(), order()
    with runtime.database.transaction() as slow:
        outbox.add(slow, [first])
        add(runtime.database, [second])
        assert subjects(runtime, topic, 1) == {second.subject}
    add(runtime.database, [third])
    wait_until(lambda: third.subject in subjects(runtime, topic, 2))
    return first.subject in subjects(runtime, topic, 2)


def subjects(runtime: Runtime, topic: str, expected: int) -> set[str]:
    return {header(record, "ce_subject") for record in records(runtime.settings, topic, expected)}
