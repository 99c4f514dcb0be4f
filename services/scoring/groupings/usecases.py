"""Keeping what profile says of segments and territories, and counting who came and went."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.groupings import repository, rules
from services.scoring.groupings.rules import Where
from services.scoring.segments import usecases as segments
from shared import ownership
from shared.contracts.profile import AssignmentChanged, SegmentsChanged

USUAL_SPAN = timedelta(days=90)
Changed = TypeVar("Changed", SegmentsChanged, AssignmentChanged)
HELD: Mapping[str, Callable[[Session, Collection[UUID]], Where]] = {
    "segments": repository.segments_of,
    "territories": repository.territories_of,
}


def record_segments(session: Session, events: Sequence[SegmentsChanged], now: datetime) -> None:
    """Keep the newest list of each customer."""
    _counted(session, "segments", events, now, keep=segments.record)


def record_assignments(session: Session, events: Sequence[AssignmentChanged], now: datetime) -> None:
    """Keep the newest owner of each customer and role."""
    _counted(session, "territories", events, now, keep=ownership.record)


def review(session: Session, grouping: str, since: datetime | None, most: int, now: datetime) -> dict[str, Any]:
    """How large each group is, and its movers since an instant, by default of the last 90 days."""
    begin = since or now - USUAL_SPAN
    items = repository.review(session, grouping, begin, most)
    return {"grouping": grouping, "since": begin, "as_of": now, "items": items}


def _counted(
    session: Session,
    grouping: str,
    events: Sequence[Changed],
    now: datetime,
    *,
    keep: Callable[[Session, Sequence[Changed], datetime], None],
) -> None:
    """Keep events, and count whom that moved: an event told twice moves nobody the second time."""
    causes = {event.customer_id: event.cause for event in sorted(events, key=lambda one: one.version)}
    before = HELD[grouping](session, causes)
    keep(session, events, now)
    entered, left = rules.moves(before, HELD[grouping](session, causes), causes)
    repository.count(session, grouping, entered, left, now.replace(minute=0, second=0, microsecond=0))
