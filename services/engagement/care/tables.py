"""Care rules and their occurrences."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label, Title


class CareRule(Base):
    """One rule. `scanned_at` is up to when its calendar was looked at, so that no instant is missed or seen twice.

    `hindrance` is why it was paused by itself.
    """

    __tablename__ = "care_rule"
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    occasion: Mapped[dict[str, Any]]
    audience: Mapped[dict[str, Any]]
    at: Mapped[Code | None]
    purpose: Mapped[Code]
    topic: Mapped[Code]
    channels: Mapped[list[Any]]
    template: Mapped[Code]
    freshness_hours: Mapped[int]
    expires_after_hours: Mapped[int | None]
    task: Mapped[dict[str, Any] | None]
    status: Mapped[Code]
    activated_at: Mapped[datetime | None]
    scanned_at: Mapped[datetime | None]
    hindrance: Mapped[dict[str, Any] | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class CareOccurrence(Base):
    """One time that a rule applies to a customer, once for ever.

    `version` is that of the fact it was planned from, so a newer fact may move it; an ended one has the highest there
    is, so nothing plans it again. `day` is the birthday, `step_at` when the order got there; `happens_at` is when the
    rule applies, `due_at` when it is looked at next.
    """

    __tablename__ = "care_occurrence"
    __table_args__ = (UniqueConstraint("rule_id", "customer_id", "key"),)
    occurrence_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID]
    customer_id: Mapped[UUID] = mapped_column(index=True)
    key: Mapped[Label]
    version: Mapped[int]
    day: Mapped[date | None]
    order_id: Mapped[UUID | None]
    step_at: Mapped[datetime | None]
    happens_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[Code]
    reason: Mapped[Code | None]
    message_id: Mapped[UUID | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    planned_at: Mapped[datetime]
