"""Facts about contacts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class InteractionFact(Base):
    """One call, chat or visit; `direction` in = the customer began it."""

    __tablename__ = "interaction_fact"
    interaction_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    channel: Mapped[str]
    direction: Mapped[str]
    started_at: Mapped[datetime]
    seconds: Mapped[int | None]


class RequestFact(Base):
    """One request; `breached` counts the clocks that ran out."""

    __tablename__ = "request_fact"
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    kind: Mapped[str]
    status: Mapped[str]
    opened_at: Mapped[datetime]
    first_response_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    breached: Mapped[int]


class ComplaintFact(Base):
    """One complaint, severity 1 the worst; open while it is neither resolved nor closed."""

    __tablename__ = "complaint_fact"
    complaint_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    status: Mapped[str]
    severity: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime]
    first_response_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopen_count: Mapped[int]
    breached: Mapped[int]


class TaskFact(Base):
    """One follow-up by an account manager; `occurred_at` is when it came to its status."""

    __tablename__ = "task_fact"
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    kind: Mapped[str]
    status: Mapped[str]
    due_at: Mapped[datetime]
    occurred_at: Mapped[datetime]


class ConsentFact(Base):
    """What one id agreed to for a purpose and channel."""

    __tablename__ = "consent_fact"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[str]
    effective_at: Mapped[datetime]
