"""Sending the current state again: for a new consumer, a lost log, a restored database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared import linking
from shared.contracts.base import CustomerEvent, Event, Origin
from shared.errors import NotFound
from shared.messaging import outbox
from shared.runtime import Runtime

PAGE = 500
FULL = 5_000
PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Selection:
    """Which states a page shall hold: at most `limit`, ordered by subject, those after `after`.

    `after` is what identifies the last event of the page before: the value of its one identifying field, or a tuple of
    them when it has several (`Event.identified_by`), to compare as a row: `tuple_(a, b) > tuple_(*after)`.
    """

    since: datetime | None
    customer_id: UUID | None
    after: Any
    limit: int


Republisher = Callable[[Session, Selection], Sequence[Event]]


def run(
    runtime: Runtime,
    table: Mapping[type[Event], Republisher],
    *,
    only: str | None = None,
    since: datetime | None = None,
    customer_id: UUID | None = None,
    progress: Callable[[int], None] = lambda sent: None,
) -> int:
    """Write current states into the outbox with origin `republish` and their present version; how many.

    At most 500 per transaction, and none while the outbox is full, so that live events wait seconds, not minutes.
    Raises NotFound when the service does not publish the type `only`.
    """
    chosen = [event for event in table if only in (None, event.type)]
    if only is not None and not chosen:
        raise NotFound(f"This service does not publish {only}; it has {', '.join(event.type for event in table)}.")
    sent = 0
    for event in chosen:
        selection: Selection | None = Selection(since, customer_id, None, PAGE)
        while selection is not None:
            outbox.wait_for_room(runtime.database, FULL)
            page = _send_page(runtime, table[event], selection)
            sent += len(page)
            progress(sent)
            selection = replace(selection, after=_identity(page[-1])) if page else None
    return sent


def _send_page(runtime: Runtime, republisher: Republisher, selection: Selection) -> Sequence[Event]:
    with runtime.database.transaction() as session:
        page = republisher(session, selection)
        told = [event.model_copy(update={"origin": Origin.REPUBLISH}) for event in _without_erased(session, page)]
        outbox.add(session, told)
    return page


def _without_erased(session: Session, page: Sequence[Event]) -> Sequence[Event]:
    """Nothing is told again of somebody erased, but that they were."""
    erased = linking.erased(session, {event.customer_id for event in page if isinstance(event, CustomerEvent)})
    return [
        event
        for event in page
        if not (isinstance(event, CustomerEvent) and event.customer_id in erased) or ".erasure." in event.type
    ]


def _identity(event: Event) -> Any:
    values = tuple(getattr(event, name) for name in event.identified_by)
    return values[0] if len(values) == 1 else values
