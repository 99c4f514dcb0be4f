"""Counting what became of a campaign."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Float, Subquery, Text, case, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.engagement.broadcasts.tables import UNRELEASED, CampaignMember
from services.engagement.lifts.rules import Tally
from services.engagement.messages.schemas import UNSENT
from services.engagement.messages.tables import Message
from services.engagement.orders.tables import OrderState
from shared.linking import CustomerRef

# Orders that count: paid, not taken back.
COUNTING = ("paid", "shipped", "delivered")
# When a provider took it, or staff got the task.
REACHED_AT = func.coalesce(Message.sent_at, case((Message.status == "handed_over", Message.counted_at)))


def tallies(
    session: Session, campaign_id: UUID, span: tuple[datetime, datetime], categories: Sequence[str]
) -> dict[str, Tally]:
    """What each group bought in a span, the end excluded. Of members merged since only the first is given orders."""
    bought = _bought(campaign_id, span, categories)
    of_person = func.row_number().over(partition_by=CustomerRef.canonical_id, order_by=CampaignMember.customer_id)
    people = (
        select(CampaignMember.arm, CampaignMember.message_id, CustomerRef.canonical_id, of_person.label("turn"))
        .join(CustomerRef, CustomerRef.customer_id == CampaignMember.customer_id)
        .where(CampaignMember.campaign_id == campaign_id, CampaignMember.arm.is_not(None))
        .subquery()
    )
    spent = case((people.c.turn == 1, bought.c.spent))
    rows = session.execute(
        select(
            people.c.arm,
            func.count(),
            func.count(REACHED_AT),
            func.count(spent),
            func.coalesce(func.sum(spent), 0.0),
            func.coalesce(func.sum(spent * spent), 0.0),
        )
        .select_from(people)
        .outerjoin(bought, bought.c.canonical_id == people.c.canonical_id)
        .outerjoin(Message, Message.message_id == people.c.message_id)
        .group_by(people.c.arm)
    )
    return {arm: Tally(*counted) for arm, *counted in rows}


def by_status(session: Session, campaign_id: UUID) -> dict[str, int]:
    """Messages of a campaign by status."""
    counted = select(Message.status, func.count()).where(Message.campaign_id == campaign_id)
    return dict(session.execute(counted.group_by(Message.status).order_by(Message.status)).all())


def reasons(session: Session, campaign_id: UUID) -> Counter[str]:
    """Why nothing went out, how often: said by a segment, or by a gate."""
    left_out = select(CampaignMember.reason, func.count()).where(CampaignMember.campaign_id == campaign_id)
    left_out = left_out.where(CampaignMember.reason.is_not(None)).group_by(CampaignMember.reason)
    refused = select(Message.reason, func.count()).where(Message.campaign_id == campaign_id)
    refused = refused.where(Message.status.in_(UNSENT), Message.reason.is_not(None)).group_by(Message.reason)
    return Counter({reason: count for said in (left_out, refused) for reason, count in session.execute(said) if reason})


def audience(session: Session, campaign_id: UUID) -> tuple[int, int]:
    """How many a campaign meant, and how many of them are still to be asked for."""
    everybody = select(func.count()).where(CampaignMember.campaign_id == campaign_id)
    return session.scalar(everybody) or 0, session.scalar(everybody.where(UNRELEASED)) or 0


def _bought(campaign_id: UUID, span: tuple[datetime, datetime], categories: Sequence[str]) -> Subquery:
    """What each person of the audience spent on orders that count."""
    start, until = span
    owner = CustomerRef.__table__.alias("owner")
    amount = _amount(categories)
    ids = select(CustomerRef.canonical_id).join(CampaignMember, CampaignMember.customer_id == CustomerRef.customer_id)
    wanted = (
        select(owner.c.canonical_id, func.sum(amount).label("spent"))
        .select_from(OrderState)
        .join(owner, owner.c.customer_id == OrderState.customer_id)
        .where(
            owner.c.canonical_id.in_(ids.where(CampaignMember.campaign_id == campaign_id)),
            OrderState.placed_at >= start,
            OrderState.placed_at < until,
            OrderState.test.is_(False),
            OrderState.status.in_(COUNTING),
            amount.is_not(None),
        )
    )
    return wanted.group_by(owner.c.canonical_id).subquery("bought")


def _amount(categories: Sequence[str]) -> ColumnElement[float]:
    """What an order counts for: all of it, or its lines of these categories; null without any such line."""
    if not categories:
        return cast(OrderState.total, Float)
    line = func.jsonb_array_elements(OrderState.lines).table_valued(column("value", JSONB), name="line")
    matching = line.c.value["category"].astext == func.any(literal(list(categories), ARRAY(Text)))
    net: Any = cast(line.c.value["net"].astext, Float)
    return select(func.sum(net)).select_from(line).where(matching).scalar_subquery()
