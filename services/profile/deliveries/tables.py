"""Deliveries: by what each is known again, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class WebhookDelivery(Base):
    """One delivery of one source. What it carried is kept as facts, or as rejections."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_source_id_received_at", "source_id", "received_at", "delivery_id"),
        Index("ix_webhook_delivery_received_at", "received_at"),
        Index("ix_webhook_delivery_closed_hash", "closed_hash"),
    )
    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)  # from the source and the platform's key
    source_id: Mapped[UUID]
    topic: Mapped[Label]
    outcome: Mapped[Code]
    results: Mapped[list[Any]]  # {kind, status, id} of each thing it told
    closed_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # the customer account that it says is gone
    received_at: Mapped[datetime]
