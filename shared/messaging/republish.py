"""Sending the current state again: for a new consumer, a lost log, a restored database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, false, tuple_
from sqlalchemy.orm import Session

from shared import linking
from shared.contracts.base import CustomerEvent, Event, Origin
from shared.db import Column
from shared.errors import NotFound
from shared.messaging import outbox
from shared.runtime import Runtime

PAGE = 500
FULL = 5_000
Chosen = TypeVar("Chosen", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Selection:
    """Which states a page shall hold: at most `limit`, ordered by subject, those after `after`.

    `after` is what identifies the last event of the page before: the value of its one identifying field, or a tuple of
    them when it has several (`Event.identified_by`).
    """

    since: datetime | None
    customer_id: UUID | None
    after: Any
    limit: int

    def narrowed(self, statement: Chosen, *key: Column, customer_id: Column | None, changed_at: Column) -> Chosen:
        """A statement for this page: by `key`, the columns that identify an event, and by whose and when it changed."""
        if self.after is not None:
            after = self.after if isinstance(self.after, tuple) else (self.after,)
            statement = statement.where(tuple_(*key) > tuple_(*after))
        if self.customer_id is not None:
            statement = statement.where(false() if customer_id is None else customer_id == self.customer_id)
        if self.since is not None:
            statement = statement.where(changed_at >= self.since)
        return statement.order_by(*key).limit(self.limit)


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
