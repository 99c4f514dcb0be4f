"""Events that could not be applied: parked in the transaction of the rest of their batch, replayed or discarded later.

Handlers converge under any order, so an event may be replayed at any time. The body may be personal (the inbound topic
carries identifiers), so it is kept like other personal data.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.crypto import Secret
from shared.db import NOTHING, SharedBase, among, put
from shared.ids import new_id
from shared.messaging.dispatch import Failure, apply, decode, wanted, without_erased
from shared.messaging.handlers import Handlers, Message

LONGEST_TYPE = 128


class DeadLetter(SharedBase):
    """One parked event: where it came from, what it was, why it is here, what became of it."""

    __tablename__ = "dead_letter"
    __table_args__ = (UniqueConstraint("topic", "partition", "offset"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    partition: Mapped[int]
    offset: Mapped[int]
    type: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(index=True)
    key: Mapped[str | None] = mapped_column(Secret)
    headers: Mapped[str] = mapped_column(Secret)
    payload: Mapped[str] = mapped_column(Secret)
    reason: Mapped[str]
    error: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)  # parked, replayed, discarded
    times: Mapped[int]
    parked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


def park(session: Session, failures: Sequence[Failure], now: datetime) -> None:
    """Keep what could not be applied. An event that is delivered again is not parked again."""
    rows = [_row(failure, now) for failure in failures]
    put(session, DeadLetter, rows, on_conflict=NOTHING, key=["topic", "partition", "offset"])


def parked(
    session: Session, *, type: str | None = None, reason: str | None = None, limit: int = 200
) -> list[DeadLetter]:
    """The oldest parked events, of one type or reason where given."""
    return list(session.scalars(_parked(DeadLetter, type, reason).limit(limit)))


def ids(session: Session, *, type: str | None = None, reason: str | None = None) -> list[UUID]:
    """The ids of all parked events, oldest first, of one type or reason where given."""
    return list(session.scalars(_parked(DeadLetter.id, type, reason)))


def count(session: Session) -> int:
    """How many events are parked."""
    return session.scalar(select(func.count()).where(DeadLetter.status == "parked")) or 0


def replay(session: Session, handlers: Handlers, ids: Collection[UUID], now: datetime) -> int:
    """Apply parked events again by the same handlers; how many worked. The others stay, with the new error."""
    letters = session.scalars(
        _parked(DeadLetter).where(among(DeadLetter.id, ids)).with_for_update(skip_locked=True)
    ).all()
    by_place = {(letter.topic, letter.partition, letter.offset): letter for letter in letters}
    items, failures = decode(handlers, [m for m in map(_message, letters) if wanted(handlers, m)])
    failures += apply(session, handlers, without_erased(session, items), now)
    failed = {_place(failure.item.message): failure for failure in failures}
    for place, letter in by_place.items():
        letter.times += 1
        if place in failed:
            letter.reason, letter.error = failed[place].reason, failed[place].error
        else:
            letter.status, letter.settled_at = "replayed", now
    session.flush()
    return len(letters) - len(failed)


def discard(session: Session, ids: Collection[UUID], now: datetime) -> int:
    """Give parked events up; how many there were."""
    statement = update(DeadLetter).where(among(DeadLetter.id, ids), DeadLetter.status == "parked")
    gone = session.scalars(statement.values(status="discarded", settled_at=now).returning(DeadLetter.id))
    return len(gone.all())


def body(letter: DeadLetter) -> bytes:
    """The value of the message as it came."""
    return b64decode(letter.payload)


def _parked(what: Any, type: str | None = None, reason: str | None = None) -> Select[Any]:
    wanted = {"status": "parked", "type": type, "reason": reason}
    found = select(what).filter_by(**{name: value for name, value in wanted.items() if value is not None})
    return found.order_by(DeadLetter.parked_at, DeadLetter.id)


def _row(failure: Failure, now: datetime) -> dict[str, Any]:
    message = failure.item.message
    return {
        "id": new_id(),
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "type": message.type[:LONGEST_TYPE],
        "customer_id": failure.item.customer_id,
        "key": message.key,
        "headers": orjson.dumps(message.headers).decode(),
        "payload": b64encode(message.value).decode(),
        "reason": failure.reason,
        "error": failure.error,
        "status": "parked",
        "times": 1,
        "parked_at": now,
        "settled_at": None,
    }


def _message(letter: DeadLetter) -> Message:
    return Message(
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        key=letter.key,
        type=letter.type,
        headers=orjson.loads(letter.headers),
        value=body(letter),
    )


def _place(message: Message) -> tuple[str, int, int]:
    return message.topic, message.partition, message.offset
