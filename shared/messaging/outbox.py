"""The outbox: events stored in the transaction of the change they tell of."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from opentelemetry import propagate
from sqlalchemy import BigInteger, Identity, LargeBinary, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.contracts.base import Event
from shared.db import Database, SharedBase, put
from shared.ids import new_id

SPEC_VERSION = "1.0"
PAUSE = 0.1


class OutboxRow(SharedBase):
    """One event on its way to Kafka. The relay deletes it once the broker has it."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    topic: Mapped[str]
    key: Mapped[str]
    event_id: Mapped[UUID]
    headers: Mapped[dict[str, Any]]
    payload: Mapped[bytes] = mapped_column(LargeBinary)


def add(session: Session, events: Sequence[Event]) -> None:
    """Publish `events` when the caller's transaction commits, in this order.

    Draw versions under the subjects' row locks before calling, so that an event's place follows its version.
    """
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    put(session, OutboxRow, [_row(event, carrier) for event in events])


def depth(session: Session) -> int:
    """How many events wait for the relay."""
    return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def wait_for_room(database: Database, most: int) -> None:
    """Wait until no more than so many events wait: a job that publishes much yields to what is live."""
    while True:
        with database.reading() as session:
            if depth(session) <= most:
                return
        time.sleep(PAUSE)


def _row(event: Event, trace: dict[str, str]) -> dict[str, Any]:
    event_id = new_id()
    return {
        "topic": event.topic.value,
        "key": event.key,
        "event_id": event_id,
        "headers": headers_of(event, event_id) | trace,
        "payload": event.model_dump_json().encode(),
    }


def headers_of(event: Event, event_id: UUID) -> dict[str, str]:
    """CloudEvents 1.0 attributes in Kafka binary mode."""
    return {
        "ce_specversion": SPEC_VERSION,
        "ce_id": str(event_id),
        "ce_source": f"guanxi/{event.topic.value.split('.')[0]}",
        "ce_type": event.type,
        "ce_subject": event.subject,
        "ce_time": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "ce_dataschema": f"{event.type}/1",
        "content-type": "application/json",
    }
