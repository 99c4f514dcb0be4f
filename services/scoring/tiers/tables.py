"""The tier that each customer holds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from shared.crypto import Secret
from shared.db import EnumText


class TierCause(StrEnum):
    """Why a customer holds the tier."""

    UPGRADE = "upgrade"
    REVIEW = "review"
    GRACE = "grace"
    STAFF = "staff"
    SCHEME = "scheme"


class Tier(Base):
    """The tier of one canonical customer. It depends on what was: a tier that is not earned any more is kept a while.

    `scheme_version` is that of the scheme of tiers under which it was looked at last.
    """

    __tablename__ = "tier"
    __table_args__ = (Index("ix_tier_tier", "tier"),)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    tier: Mapped[str]
    since: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    cause: Mapped[TierCause] = mapped_column(EnumText(TierCause))
    previous: Mapped[str | None]
    pinned_until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Secret)
    scheme_version: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
