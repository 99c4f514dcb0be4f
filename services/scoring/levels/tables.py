"""From when on a customer had a level."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from services.scoring.base import Base


class LevelHistory(Base):
    """A level is true from `since` until the next line of the same name; null = has none any more."""

    __tablename__ = "level_history"
    __table_args__ = (Index("ix_level_history_name_since", "name", "since"),)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    level: Mapped[str | None]
    scheme_version: Mapped[int]


NEXT = aliased(LevelHistory)
UNTIL = (
    select(func.min(NEXT.since))
    .where(NEXT.customer_id == LevelHistory.customer_id, NEXT.name == LevelHistory.name)
    .where(NEXT.since > LevelHistory.since)
    .correlate(LevelHistory)
    .scalar_subquery()
)
