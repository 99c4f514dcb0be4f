"""Refused items."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code
from shared.crypto import Secret


class RejectedEvent(Base):
    """One item that was refused. Its body may hold personal data."""

    __tablename__ = "rejected_event"
    __table_args__ = (Index("ix_rejected_event_received_at_rejection_id", "received_at", "rejection_id"),)
    rejection_id: Mapped[UUID] = mapped_column(primary_key=True)
    door: Mapped[Code]  # batch, sdk, kafka, import, webhook
    kind: Mapped[Code]  # what the body is: order, refund, parcel, step, customer, product, event, tracking
    source: Mapped[Code | None]
    code: Mapped[Code]
    errors: Mapped[list[Any]]
    body: Mapped[str] = mapped_column(Secret)
    origin: Mapped[Code]
    received_at: Mapped[datetime]
    status: Mapped[Code]  # open, resubmitted, discarded
    settled_at: Mapped[datetime | None]
    version: Mapped[int]
