"""Messages and what became of them. No address and no rendered text is kept: both are made at the moment of sending."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret

OF_CAMPAIGN = ("campaign_id", "status", "counted_at")


class Message(Base):
    """One message to one customer over one of several channels.

    `due_at` is when it must be looked at next: to send it, or, while `sending`, to give it up as `unknown`.
    `counted_at` is when it began to count against the caps.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_customer_id_created_at", "customer_id", "created_at"),
        Index("ix_message_customer_id_counted_at", "customer_id", "counted_at"),
        Index("ix_message_address_hash", "address_hash", postgresql_where=text("address_hash IS NOT NULL")),
        Index("ix_message_campaign_id", *OF_CAMPAIGN, postgresql_where=text("campaign_id IS NOT NULL")),
    )
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]  # origin id: a merge never rewrites it
    template_id: Mapped[UUID]
    template_version: Mapped[int | None]
    template: Mapped[Code]
    purpose: Mapped[Code]
    topic: Mapped[Code]
    channels: Mapped[list[Any]]
    variables: Mapped[str | None] = mapped_column(Secret)  # JSON
    context: Mapped[dict[str, Any]]
    dedupe_key: Mapped[Label | None] = mapped_column(unique=True)
    care_rule_id: Mapped[UUID | None] = mapped_column(index=True)
    campaign_id: Mapped[UUID | None]
    status: Mapped[Code] = mapped_column(index=True)
    channel: Mapped[Code | None]
    contact_id: Mapped[UUID | None] = mapped_column(index=True)
    address_hash: Mapped[bytes | None]
    provider_id: Mapped[Label | None] = mapped_column(index=True)
    reason: Mapped[Code | None]
    gates: Mapped[list[Any]]
    attempts: Mapped[list[Any]]
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    counted_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    version: Mapped[int]
