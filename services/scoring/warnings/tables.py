"""Warnings and what became of them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from shared.contracts.base import Origin
from shared.crypto import Secret
from shared.db import EnumText


class WarningStatus(StrEnum):
    """Whether it still waits for its outcome."""

    OPEN = "open"
    CLOSED = "closed"


class WarningOutcome(StrEnum):
    """What became of it; the last three say nothing of whether it was right."""

    ORDERED = "ordered"
    LOST = "lost"
    SUPERSEDED = "superseded"
    MERGED = "merged"
    DISMISSED = "dismissed"


class ChurnWarning(Base):
    """One warning, under the id that was canonical when it was raised; a customer has one open warning at most.

    `reasons` are codes with the instant each first held; numbers are those of `raised_at`, by the schemes up to
    `scheme_version` (null: before that was kept). `origin`: live once a live fact stood behind it. `orders` is how many
    counted orders stood behind it: another number without a new order means that the past was told anew.
    """

    __tablename__ = "warning"
    __table_args__ = (
        Index("uq_warning_customer_id_open", "customer_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_warning_status_priority", "status", "priority"),
    )
    warning_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    status: Mapped[WarningStatus] = mapped_column(EnumText(WarningStatus))
    reasons: Mapped[list[dict[str, Any]]]
    churn_probability: Mapped[float]
    value: Mapped[Decimal]
    priority: Mapped[float]
    origin: Mapped[Origin] = mapped_column(EnumText(Origin))
    orders: Mapped[int]
    horizon_days: Mapped[int]
    scheme_version: Mapped[int | None]
    raised_at: Mapped[datetime] = mapped_column(index=True)
    closes_by: Mapped[datetime]
    outcome: Mapped[WarningOutcome | None] = mapped_column(EnumText(WarningOutcome))
    closed_at: Mapped[datetime | None]
    dismissal: Mapped[str | None] = mapped_column(Secret)
