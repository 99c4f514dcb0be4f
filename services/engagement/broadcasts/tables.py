"""Whom a campaign meant when it started."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code

UNRELEASED = text("released_at IS NULL AND arm <> 'holdout'")


class CampaignMember(Base):
    """One person of a campaign's audience. `arm` is the group, absent for who was left out, with the `reason`.

    `customer_id` was canonical at the start and stays, whatever is merged later: the groups never move.
    """

    __tablename__ = "campaign_member"
    __table_args__ = (
        Index("ix_campaign_member_unreleased", "campaign_id", "customer_id", postgresql_where=UNRELEASED),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    arm: Mapped[Code | None]
    reason: Mapped[Code | None]
    message_id: Mapped[UUID | None] = mapped_column(index=True)
    taken_at: Mapped[datetime] = mapped_column(index=True)
    released_at: Mapped[datetime | None]
