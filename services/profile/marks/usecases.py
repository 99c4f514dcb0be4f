"""Marking customers to be looked at again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.marks import repository
from shared.contracts.base import CustomerEvent, Origin
from shared.messaging import outbox


def mark(session: Session, origins: Mapping[UUID, Origin], now: datetime) -> None:
    """Make customers due; nothing that follows from what is not live may start anything."""
    if not origins:
        return
    repository.mark(session, origins, now)
    still = {one for one, origin in origins.items() if origin is not Origin.LIVE}
    if still:
        repository.add_quiet(session, still)


def publish(
    session: Session, events: Sequence[CustomerEvent], now: datetime, others: Mapping[UUID, Origin] | None = None
) -> None:
    """Publish events and make due whom they are about, and others, who are customers, of whom nothing is told.

    Of several origins a live one does not make the others news.
    """
    beside = others or {}
    outbox.add(session, events, due_at=now, others=beside)
    still = {event.customer_id for event in events if event.origin is not Origin.LIVE}
    still |= {one for one, origin in beside.items() if origin is not Origin.LIVE}
    if still:
        repository.add_quiet(session, still)


def look_at(session: Session, times: Mapping[UUID, datetime | None]) -> None:
    """Have customers looked at no later than at these times; None = there is no need."""
    due = {one: at for one, at in times.items() if at is not None}
    if due:
        repository.look_at(session, due)


def quiet(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Marks that say that what happened to these is no news: id of the mark, and of the customer.

    Read before the facts, to be forgotten, and once more after them, to be heeded: what was stored in between is marked
    again and will be looked at again.
    """
    return repository.quiet(session, customer_ids)


def forget(session: Session, mark_ids: Collection[UUID]) -> None:
    """Take marks away that were heeded."""
    if mark_ids:
        repository.forget(session, mark_ids)
