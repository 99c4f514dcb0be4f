"""Facts about sales that may come about."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class OpportunityFact(Base):
    """One opportunity, open until it has a result; the expected value is in base currency."""

    __tablename__ = "opportunity_fact"
    opportunity_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    stage: Mapped[str]
    expected_value: Mapped[Decimal]
    probability: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    result: Mapped[str | None]
    occurred_at: Mapped[datetime]


class NeedFact(Base):
    """One need; importance and urgency 1..5."""

    __tablename__ = "need_fact"
    need_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    topic: Mapped[str]
    importance: Mapped[int] = mapped_column(SmallInteger)
    urgency: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    skus: Mapped[list[str]]


class WinbackFact(Base):
    """One case of winning a customer back after a warning."""

    __tablename__ = "winback_fact"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    warning_id: Mapped[UUID] = mapped_column(index=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime]
