"""Strategies as the merchant edits them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class Strategy(Base):
    """One strategy; an archived one stays readable and its code stays taken."""

    __tablename__ = "strategy"
    __table_args__ = (Index("uq_strategy_code", "code", unique=True),)
    strategy_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    applies_to: Mapped[dict[str, Any]]
    priority: Mapped[int]
    titles: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]
    who: Mapped[str | None]
    channels: Mapped[list[str]]
    benefits: Mapped[list[str]]
    cadence_days: Mapped[int | None]
    actions: Mapped[list[str]]
    owner: Mapped[str | None]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    contact_cap: Mapped[int | None]
    spend_cap: Mapped[Decimal | None]
    holdout: Mapped[float]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
