"""Messages to use cases: read them, drop what is about erased customers, apply, and single out what fails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from shared import linking
from shared.contracts.base import CustomerEvent, Event
from shared.errors import DeadlineExceeded, Unavailable
from shared.messaging.handlers import Handlers, Message

OPERATIONAL = (OperationalError, PoolTimeout, Unavailable, DeadlineExceeded)
LONGEST_ERROR = 500


class Reason(StrEnum):
    """Why a message could not be applied."""

    UNREADABLE = "unreadable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """A message and, unless a door takes it unparsed, its event."""

    message: Message
    event: Event | None

    @property
    def customer_id(self) -> UUID | None:
        """Whose event it is, as far as that is known."""
        return self.event.customer_id if isinstance(self.event, CustomerEvent) else None


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that cannot be applied, why, and what was said, without anything of its content."""

    item: Item
    reason: Reason
    error: str


def wanted(handlers: Handlers, message: Message) -> bool:
    """Whether the service does anything with such a message; decided by topic and type, before reading it."""
    return message.topic in handlers.doors or message.type in handlers.routes


def decode(handlers: Handlers, messages: Iterable[Message]) -> tuple[list[Item], list[Failure]]:
    """Parse the messages a service wants; those of a door stay unparsed."""
    items: list[Item] = []
    failures: list[Failure] = []
    for message in messages:
        if message.topic in handlers.doors:
            items.append(Item(message, None))
            continue
        try:
            items.append(Item(message, handlers.routes[message.type].event.model_validate_json(message.value)))
        except ValidationError as error:
            failures.append(Failure(Item(message, None), Reason.UNREADABLE, _faults(error)))
    return items, failures


def apply(session: Session, handlers: Handlers, items: Sequence[Item], now: datetime) -> list[Failure]:
    """Run the use cases over the items; those that cannot be applied, everything else being done.

    A failure undoes its half of the items and divides it until the culprit stands alone. Operational errors are raised.
    """
    if not items:
        return []
    try:
        with session.begin_nested():
            run(session, handlers, items, now)
    except Exception as error:
        if is_operational(error):
            raise
        if len(items) == 1:
            return [Failure(items[0], Reason.FAILED, _described(error))]
        half = len(items) // 2
        return apply(session, handlers, items[:half], now) + apply(session, handlers, items[half:], now)
    return []


def is_operational(error: Exception) -> bool:
    """Whether the same work may succeed later without any change: connection, lock, time-out, a service down."""
    return isinstance(error, OPERATIONAL) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def without_erased(session: Session, items: Sequence[Item]) -> list[Item]:
    """The items but for events of erased customers; the events of the erasure itself stay."""
    about = {item.customer_id for item in items if item.customer_id is not None}
    if not about:
        return list(items)
    erased = linking.erased(session, about)
    return [item for item in items if item.customer_id not in erased or ".erasure." in item.message.type]


def run(session: Session, handlers: Handlers, items: Sequence[Item], now: datetime) -> None:
    """Every use case in the order of the table, each with all its events; whatever one raises comes out."""
    for route in handlers.routes.values():
        events = [item.event for item in items if type(item.event) is route.event]
        for use_case in route.use_cases if events else ():
            use_case(session, events, now)
    for topic, door in handlers.doors.items():
        messages = [item.message for item in items if item.message.topic == topic]
        if messages:
            door.use_case(session, messages, now)
    session.flush()


def _faults(error: ValidationError) -> str:
    faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in error.errors(include_input=False)]
    return "; ".join(faults)[:LONGEST_ERROR]


def _described(error: Exception) -> str:
    """The kind of error and where it arose. Its text may hold values, so only a database's own short code is added."""
    frames = error.__traceback__
    while frames is not None and frames.tb_next is not None and "/services/" not in frames.tb_frame.f_code.co_filename:
        frames = frames.tb_next
    place = f" in {frames.tb_frame.f_code.co_name}, line {frames.tb_lineno}" if frames else ""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) if isinstance(error, SQLAlchemyError) else None
    return f"{type(error).__name__}{f' {state}' if state else ''}{place}"[:LONGEST_ERROR]
