"""Telling how a segment grew and shrank."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.segments import usecases as segments
from services.profile.segments.definitions.usecases import zone
from services.profile.segments.history import repository
from services.profile.segments.history.schemas import MOST_DAYS, Period, SizeOut
from shared.errors import FieldError, Invalid

USUAL = 30
DAY = timedelta(days=1)


def sizes(session: Session, segment_id: UUID, period: Period, now: datetime) -> list[SizeOut]:
    """Sizes by business day, up to today. Raises NotFound, and Invalid for a period that ends before it begins."""
    segment = segments.get(session, segment_id)
    today = now.astimezone(zone()).date()
    last = min(today, period.to - DAY) if period.to else today
    first = period.from_ or last - USUAL * DAY
    if not 0 <= (last - first).days < MOST_DAYS:
        message = f"A period of 1 to {MOST_DAYS} days that has begun."
        raise Invalid("Not valid: from, to.", errors=[FieldError("from", "not_allowed", message)])
    rows = repository.sizes(session, segment.segment_id, first, last, str(zone()))
    return [SizeOut.model_validate(row) for row in rows]
