"""Computing portraits from the facts of the moment. Nothing is stored: merges, refunds and late orders need no care."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.links import usecases as links
from services.profile.portraits import repository, rules
from services.profile.portraits.fields import WINDOW
from services.profile.portraits.schemas import LabelOut, PortraitOut, Vote


def labels(session: Session, canonical_ids: Collection[UUID], now: datetime) -> dict[UUID, list[LabelOut]]:
    """The labels of many people, over all linked ids."""
    found: dict[UUID, list[Vote]] = {one: [] for one in canonical_ids}
    zone, currency = deployment().business_time_zone, deployment().base_currency
    for vote in repository.votes(session, canonical_ids, zone, since=now - WINDOW):
        found[vote.customer_id].append(vote)
    return {one: rules.labels(votes, currency) for one, votes in found.items()}


def of(session: Session, customer_id: UUID, now: datetime) -> PortraitOut:
    """The portrait of the person behind an id; raises NotFound and Gone."""
    canonical_id = links.person(session, customer_id).canonical_id
    known = labels(session, [canonical_id], now)[canonical_id]
    return PortraitOut(customer_id=canonical_id, as_of=now, orders_from=now - WINDOW, labels=known)
