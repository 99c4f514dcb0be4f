"""Giving numbers."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.engagement.formats.rules import zone_of
from services.engagement.numbers.tables import NumberCounter
from shared.settings import Settings


def following(session: Session, settings: Settings, kind: str, now: datetime) -> str:
    """The next number of a kind in the business year, such as C-2026-000123; given back if the transaction fails."""
    year = now.astimezone(zone_of(None, settings.business_time_zone)).year
    first = insert(NumberCounter).values(kind=kind, year=year, last=1)
    raised = {"last": NumberCounter.last + 1}
    counted = first.on_conflict_do_update(index_elements=["kind", "year"], set_=raised)
    count = session.execute(counted.returning(NumberCounter.last)).scalar_one()
    return f"{kind}-{year}-{count:06d}"
