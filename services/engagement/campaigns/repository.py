"""Statements about campaigns."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.campaigns.tables import Campaign
from shared.db import among
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (Campaign.created_at, Campaign.campaign_id), "name": (Campaign.name, Campaign.campaign_id)}


def listed(session: Session, page: PageRequest, status: Sequence[str] | None) -> Listing[Campaign]:
    """Campaigns that are not archived."""
    wanted = select(Campaign).where(Campaign.archived_at.is_(None))
    return paginate(session, wanted.where(Campaign.status.in_(status)) if status else wanted, page, SORTS)


def locked(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, Campaign]:
    """Campaigns under lock, so that nobody pauses or stops them meanwhile."""
    wanted = select(Campaign).where(among(Campaign.campaign_id, campaign_ids)).order_by(Campaign.campaign_id)
    rows = session.scalars(wanted.with_for_update(), execution_options={"populate_existing": True})
    return {row.campaign_id: row for row in rows}


def still_claimed(session: Session, campaign_id: UUID, stamp: datetime) -> Campaign | None:
    """A claimed campaign under lock; None when somebody changed its time since."""
    wanted = select(Campaign).where(Campaign.campaign_id == campaign_id, Campaign.due_at == stamp)
    return session.scalars(wanted.with_for_update()).one_or_none()
