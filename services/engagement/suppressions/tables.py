"""Suppressed addresses. The address itself is not kept: a hash is enough to refuse it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class Suppression(Base):
    """One address of a channel, and why nothing goes there."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("channel", "address_hash", "reason"),)
    suppression_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[Code]
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[Code]
    created_at: Mapped[datetime]
    version: Mapped[int]
