"""Calendars and what their days are."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title


class Calendar(Base):
    """One calendar, named by its code."""

    __tablename__ = "calendar"
    calendar_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class CalendarDay(Base):
    """What a day is. A removed one stays archived, so that the seeds do not bring it back."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("calendar_id", "day", "kind", "holiday"),)
    day_id: Mapped[UUID] = mapped_column(primary_key=True)
    calendar_id: Mapped[UUID]
    day: Mapped[date]
    kind: Mapped[Code]
    holiday: Mapped[Code]
    name: Mapped[Title]
    certainty: Mapped[Code]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
