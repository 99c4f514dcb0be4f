"""What happened to the subjects of service levels, and the clocks that follow from it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class SlaSubject(Base):
    """Something with clocks. `business_hours` are those it counts in now; `counted_at` is when it was counted last."""

    __tablename__ = "sla_subject"
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    applies_to: Mapped[Code]
    business_hours: Mapped[Code | None]
    runs: Mapped[bool]
    counted_at: Mapped[datetime] = mapped_column(index=True)


class SlaSignal(Base):
    """One thing that happened, in order. An opening and a new promise bring `promised`, a dispute its `deadline`."""

    __tablename__ = "sla_signal"
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[Code]
    promised: Mapped[dict[str, Any] | None]
    deadline: Mapped[datetime | None]


class SlaClock(Base):
    """One clock as the signals say. `told` has the instant at which each level, a percentage, was reached."""

    __tablename__ = "sla_clock"
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    metric: Mapped[Code] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    due_at: Mapped[datetime | None]
    paused: Mapped[bool]
    met_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    told: Mapped[dict[str, Any]]
