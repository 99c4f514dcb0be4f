"""Mechanisms broken on purpose: the tests that guard them must notice."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, select

from shared.contracts.base import Topic
from shared.messaging.outbox import OutboxRow
from shared.messaging.relay import Relay
from shared.runtime import Runtime
from tests.shared.messaging.commits import late_commit_arrives

pytestmark = pytest.mark.mutant


class Cursor:
    """A relay that reads on from the highest id it has seen."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self, connection: Connection, limit: int) -> Sequence[Any]:
        later = select(OutboxRow.__table__).where(OutboxRow.id > self.last).order_by(OutboxRow.id).limit(limit)
        rows = connection.execute(later).all()
        self.last = max([self.last, *[row.id for row in rows]])
        return rows


def test_a_relay_with_a_cursor_passes_over_an_event_that_commits_late(
    runtime: Runtime,
    topic: Callable[[Topic], str],
    running: Callable[[Callable[[threading.Event], None]], threading.Event],
) -> None:
    name = topic(Topic.PROFILE)
    running(Relay(runtime, fetch=Cursor()).run)
    assert not late_commit_arrives(runtime, name)
