"""Statements about audiences and their release."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Select, delete, func, literal, select, update
from sqlalchemy.orm import Session

from services.engagement.audiences.rules import excluded, included
from services.engagement.broadcasts.tables import UNRELEASED, CampaignMember
from services.engagement.messages.tables import Message
from shared import ownership
from shared.auth.caller import Caller
from shared.db import NOTHING, put
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"customer_id": (CampaignMember.customer_id,)}


class Meant(NamedTuple):
    """One canonical customer of an audience, and whether a segment leaves them out."""

    customer_id: UUID
    excluded: bool


def meant(session: Session, audience: dict[str, Any], after: UUID | None, limit: int) -> list[Meant]:
    """A page of the persons an audience names, by id; nobody who was erased."""
    found = _meant(audience).order_by(CustomerRef.customer_id).limit(limit)
    if after:
        found = found.where(CustomerRef.customer_id > after)
    return [Meant(*row) for row in session.execute(found)]


def sample(session: Session, audience: dict[str, Any], limit: int) -> list[UUID]:
    """Some of the persons an audience writes to, the same each time: by a hash, as the first ids are the oldest."""
    some = _meant(audience).subquery()
    spread = func.uuid_hash_extended(some.c.customer_id, 0)
    return list(session.scalars(select(some.c.customer_id).where(~some.c.excluded).order_by(spread).limit(limit)))


def size(session: Session, audience: dict[str, Any]) -> tuple[int, int]:
    """How many persons an audience names, and how many of them a segment leaves out."""
    some = _meant(audience).subquery()
    counted = select(func.count(), func.count().filter(some.c.excluded)).select_from(some)
    total, excluded = session.execute(counted).one()
    return total, excluded


def take(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store members of an audience; who was taken before stays as they were."""
    put(session, CampaignMember, rows, on_conflict=NOTHING)


def forget(session: Session, campaign_id: UUID) -> None:
    """Drop what was taken of an audience that is not complete: it is taken anew."""
    taken = delete(CampaignMember).where(CampaignMember.campaign_id == campaign_id)
    session.execute(taken.execution_options(synchronize_session=False))


def unreleased(session: Session, campaign_id: UUID, limit: int) -> Sequence[CampaignMember]:
    """Members who are to be written to and were not asked for yet."""
    wanted = select(CampaignMember).where(CampaignMember.campaign_id == campaign_id, UNRELEASED)
    return session.scalars(wanted.order_by(CampaignMember.customer_id).limit(limit)).all()


def released(session: Session, campaign_id: UUID, message_of: dict[UUID, UUID], now: datetime) -> None:
    """Note the message of each member."""
    given = (
        func.unnest(
            literal(list(message_of), ARRAY(CampaignMember.customer_id.type)),
            literal(list(message_of.values()), ARRAY(CampaignMember.message_id.type)),
        )
        .table_valued("customer_id", "message_id", name="given")
        .render_derived()
    )
    session.execute(
        update(CampaignMember)
        .where(CampaignMember.campaign_id == campaign_id, CampaignMember.customer_id == given.c.customer_id)
        .values(message_id=given.c.message_id, released_at=now)
        .execution_options(synchronize_session=False)
    )


def listed(session: Session, campaign_id: UUID, page: PageRequest, group: str | None, caller: Caller) -> Listing[Any]:
    """The audience by id, as far as the caller may see it, with what became of each."""
    wanted = (
        select(
            CampaignMember.customer_id,
            CampaignMember.arm.label("group"),
            func.coalesce(CampaignMember.reason, Message.reason).label("reason"),
            CampaignMember.message_id,
            Message.status.label("message_status"),
            CampaignMember.released_at,
        )
        .outerjoin(Message, Message.message_id == CampaignMember.message_id)
        .where(CampaignMember.campaign_id == campaign_id)
    )
    wanted = wanted.where(CampaignMember.arm == group) if group else wanted
    wanted = ownership.narrowed(wanted, CampaignMember.customer_id, caller)
    return paginate(session, wanted, page, SORTS, default="customer_id")


def _meant(audience: dict[str, Any]) -> Select[UUID, bool]:
    return select(CustomerRef.customer_id, excluded(audience, CustomerRef.customer_id).label("excluded")).where(
        CustomerRef.canonical_id == CustomerRef.customer_id,
        CustomerRef.erased_at.is_(None),
        included(audience, CustomerRef.customer_id),
    )
