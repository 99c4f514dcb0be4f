"""Cases of winning back, and what became of warnings."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class WinbackCase(Base):
    """One case, of one warning for ever. `value` is what is at stake, in base currency."""

    __tablename__ = "winback_case"
    __table_args__ = (Index("ix_winback_case_status_priority", "status", "priority"),)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    warning_id: Mapped[UUID] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)  # origin id: a merge never rewrites it
    status: Mapped[Code]
    signs: Mapped[list[Any]]
    churn_probability: Mapped[float]
    value: Mapped[Decimal]
    priority: Mapped[float]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[Code | None]
    contacted_at: Mapped[datetime | None]
    channel: Mapped[Code | None]
    offer_id: Mapped[UUID | None]
    offered_at: Mapped[datetime | None]
    message_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Code | None]
    changed_at: Mapped[datetime]
    version: Mapped[int]


class WinbackEnding(Base):
    """What became of a warning, which may be told before the warning is."""

    __tablename__ = "winback_ending"
    warning_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    outcome: Mapped[Code]
    at: Mapped[datetime] = mapped_column(index=True)
