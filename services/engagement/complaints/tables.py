"""Complaints, and the steps that each went through."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret


class Complaint(Base):
    """One complaint. `due_at` is when its nearest clock runs out; `look_at` when something happens by itself."""

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_status_due_at", "status", "due_at"),)
    complaint_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[Code] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)  # origin id: a merge never rewrites it
    status: Mapped[Code]
    severity: Mapped[int]
    category: Mapped[Code] = mapped_column(index=True)
    channel: Mapped[Code]
    order_id: Mapped[UUID | None]
    description: Mapped[str | None] = mapped_column(Secret)
    owner_id: Mapped[UUID | None] = mapped_column(index=True)
    team_id: Mapped[UUID | None] = mapped_column(index=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    first_response_at: Mapped[datetime | None]
    waiting_until: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    reopen_count: Mapped[int]
    resolution: Mapped[Code | None]
    root_cause: Mapped[Code | None] = mapped_column(index=True)
    summary: Mapped[str | None] = mapped_column(Secret)
    merged_into: Mapped[UUID | None]
    escalated_to: Mapped[Code | None]
    escalated_at: Mapped[datetime | None]
    breached: Mapped[list[Any]]
    compensation: Mapped[Decimal]
    dispute_body: Mapped[Label | None]
    dispute_reference: Mapped[str | None] = mapped_column(Secret)
    dispute_deadline: Mapped[datetime | None]
    dispute_outcome: Mapped[Code | None]
    due_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    version: Mapped[int]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class ComplaintStep(Base):
    """One thing that was done to a complaint, or that happened to it: who did it, and the status it left."""

    __tablename__ = "complaint_step"
    __table_args__ = (Index("ix_complaint_step_complaint_id_at", "complaint_id", "at"),)
    step_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID]
    customer_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    verb: Mapped[Code]
    status: Mapped[Code]
    by: Mapped[Label]
    values: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(Secret)
