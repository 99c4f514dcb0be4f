"""The outbox: events stored in the transaction of the change they tell of."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry import propagate
from sqlalchemy import BigInteger, ColumnElement, Identity, LargeBinary, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import due
from shared.contracts.base import CustomerEvent, Event
from shared.db import Database, SharedBase, to_json
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


ADD = (
    "INSERT INTO outbox (topic, key, event_id, headers, payload) "
    "SELECT topic, key, event_id, headers, convert_to(payload, 'UTF8') FROM json_to_recordset(CAST(:events AS json)) "
    "AS e (topic text, key text, event_id uuid, headers jsonb, payload text)"
)
ALONE, MARKING = text(ADD), text(f"WITH marked AS ({due.MARK}) {ADD}")


def add(
    session: Session, events: Sequence[Event], *, due_at: datetime | None = None, others: Collection[UUID] = ()
) -> None:
    """Publish `events` when the caller's transaction commits, in this order.

    With `due_at` the same statement makes the customers due that they are about, and `others` with them: two statements
    would lock their rows in two orders. Draw versions under the subjects' row locks before calling, so that an event's
    place follows its version.
    """
    if due_at is None:
        if events:
            session.execute(ALONE, _binds(events))
        return
    about = {event.customer_id for event in events if isinstance(event, CustomerEvent)} | set(others)
    if events:
        session.execute(MARKING, _binds(events) | due.binds(about, due_at))
    else:
        due.mark(session, about, due_at)


def depth(session: Session) -> int:
    """How many events wait for the relay."""
    return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def has_room(most: int) -> ColumnElement[bool]:
    """Whether no more than so many events wait, for a statement that asks it on the way."""
    number = OutboxRow.__table__.c.id
    return ~select(number).order_by(number).offset(most).limit(1).exists()


def wait_for_room(database: Database, most: int) -> None:
    """Wait until no more than so many events wait: a job that publishes much yields to what is live."""
    while True:
        with database.reading() as session:
            if depth(session) <= most:
                return
        time.sleep(PAUSE)


def _binds(events: Sequence[Event]) -> dict[str, Any]:
    trace: dict[str, str] = {}
    propagate.inject(trace)
    return {"events": to_json([_row(event, trace) for event in events])}


def _row(event: Event, trace: dict[str, str]) -> dict[str, Any]:
    event_id = new_id()
    return {
        "topic": event.topic,
        "key": event.key,
        "event_id": event_id,
        "headers": headers_of(event, event_id) | trace,
        "payload": event.model_dump_json(),
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
