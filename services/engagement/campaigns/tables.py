"""Campaigns as they are drafted and how far they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title


class Campaign(Base):
    """One campaign. `due_at` is when it is looked at next: to begin, to take its audience, to release messages.

    `snapshot_after` is the customer up to whom the audience was taken, `snapshot_at` when that was complete.
    `hindrance` is why it was not taken.
    """

    __tablename__ = "campaign"
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[Title]
    purpose: Mapped[Code]
    topic: Mapped[Code]
    channels: Mapped[list[Any]]
    audience: Mapped[dict[str, Any]]
    holdout: Mapped[float]
    variants: Mapped[list[Any]]
    window: Mapped[dict[str, Any]]
    throttle_per_minute: Mapped[int | None]
    attribution: Mapped[dict[str, Any]]
    status: Mapped[Code]
    started_at: Mapped[datetime | None]
    snapshot_after: Mapped[UUID | None]
    snapshot_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    hindrance: Mapped[dict[str, Any] | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
