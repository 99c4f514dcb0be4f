"""What scoring told: levels, tiers, warnings, names; what engagement told: messages, answers, cases, complaints."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class LevelChange(Base):
    """One derived level or class of a customer that moved."""

    __tablename__ = "level_change"
    __table_args__ = (
        Index("ix_level_change_customer_id_at", "customer_id", "at"),
        Index("ix_level_change_at", "at", postgresql_using="brin"),
    )
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Code] = mapped_column(primary_key=True)
    before: Mapped[Label | None]
    after: Mapped[Label | None]
    at: Mapped[datetime]


class OwnDimensions(Base):
    """The dimensions that the merchant declared beside the six, as scoring told them last. At most one row."""

    __tablename__ = "own_dimensions"
    kind: Mapped[Code] = mapped_column(primary_key=True)  # of the scheme: dimensions
    version: Mapped[int]
    dimensions: Mapped[list[dict[str, Any]]]  # {dimension, titles}


class TierChange(Base):
    """What a customer's tier became, or how long it is valid from then on."""

    __tablename__ = "tier_change"
    __table_args__ = (Index("ix_tier_change_customer_id_at", "customer_id", "at"),)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    tier: Mapped[Code]
    previous: Mapped[Code | None]
    cause: Mapped[Code]
    valid_until: Mapped[datetime | None]
    at: Mapped[datetime]


class WarningStep(Base):
    """One step of a warning: raised, closed. `values` are the reasons, or the outcome."""

    __tablename__ = "warning_step"
    __table_args__ = (Index("ix_warning_step_customer_id_at", "customer_id", "at"),)
    warning_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[Code] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    values: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class MessageStep(Base):
    """One step of a message: sent, read, clicked, bounced, complained, failed."""

    __tablename__ = "message_step"
    __table_args__ = (
        Index("ix_message_step_customer_id_at", "customer_id", "at"),
        Index("ix_message_step_at", "at", postgresql_using="brin"),
    )
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[Code] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    channel: Mapped[Code]
    purpose: Mapped[Code]
    template: Mapped[Code]
    version: Mapped[int]
    at: Mapped[datetime]


class SurveyAnswer(Base):
    """One answered survey: readiness to recommend 0..10, satisfaction and ratings by aspect 1..5. Never edited."""

    __tablename__ = "survey_answer"
    __table_args__ = (Index("ix_survey_answer_customer_id_at", "customer_id", "at"),)
    response_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    survey_id: Mapped[UUID]
    trigger: Mapped[Code]
    nps: Mapped[int | None] = mapped_column(SmallInteger)
    csat: Mapped[int | None] = mapped_column(SmallInteger)
    ratings: Mapped[dict[str, Any]]
    order_id: Mapped[UUID | None]
    version: Mapped[int]
    at: Mapped[datetime]


class WinbackStep(Base):
    """One step of winning a customer back: open, contacted, recovered, lost, closed."""

    __tablename__ = "winback_step"
    __table_args__ = (Index("ix_winback_step_customer_id_at", "customer_id", "at"),)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[Code] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    warning_id: Mapped[UUID]
    reason: Mapped[Code | None]
    version: Mapped[int]
    at: Mapped[datetime]


class ComplaintCase(Base):
    """How far a complaint is. Severity 1 is the worst; `breached` names the metrics of which a clock ran out."""

    __tablename__ = "complaint_case"
    __table_args__ = (Index("ix_complaint_case_customer_id_opened_at", "customer_id", "opened_at"),)
    complaint_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    number: Mapped[Code]
    status: Mapped[Code]
    severity: Mapped[int] = mapped_column(SmallInteger)
    category: Mapped[Label]
    channel: Mapped[Code]
    order_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopen_count: Mapped[int]
    breached: Mapped[list[Any]]
    version: Mapped[int]


class TaskStep(Base):
    """One status that a follow-up came to: open, done, no_answer, cancelled."""

    __tablename__ = "task_step"
    __table_args__ = (Index("ix_task_step_customer_id_at", "customer_id", "at"),)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[Code] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    kind: Mapped[Code]
    owner_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    outcome: Mapped[Code | None]
    version: Mapped[int]
    at: Mapped[datetime]


class Assessment(Base):
    """What scoring says a canonical customer is worth now. `dimensions` has the level of each."""

    __tablename__ = "assessment"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    rfm_r: Mapped[int | None]
    rfm_f: Mapped[int | None]
    rfm_m: Mapped[int | None]
    rfm_class: Mapped[Code | None]
    dimensions: Mapped[dict[str, Any]]
    criteria: Mapped[dict[str, Any]]
    value_class: Mapped[Code | None]
    composite: Mapped[Decimal | None] = mapped_column(Numeric(24, 10))
    lifecycle: Mapped[Code | None]
    cluster: Mapped[Code | None]
    clv_12m: Mapped[Decimal | None]
    expected_orders_90d: Mapped[Decimal | None] = mapped_column(Numeric(24, 10))
    churn_probability: Mapped[Decimal | None] = mapped_column(Numeric(24, 10))
    method: Mapped[Code | None]


class Tier(Base):
    """The tier that a canonical customer holds now."""

    __tablename__ = "tier"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    tier: Mapped[Code]
    valid_until: Mapped[datetime | None]
