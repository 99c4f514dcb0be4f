"""Statements of sending."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from services.engagement.messages.schemas import REACHED, WAITING
from services.engagement.messages.tables import Message
from services.engagement.templates.tables import TemplateVersion
from shared.db import among
from shared.linking import CustomerRef


class Waiting(NamedTuple):
    """A claimed message, as far as profile must be asked about it."""

    message_id: UUID
    customer_id: UUID
    topic: str
    campaign_id: UUID | None
    blocks: list[str] | None  # of its template


def claimed(session: Session, message_ids: Collection[UUID]) -> list[Waiting]:
    """Claimed messages, the oldest first."""
    wanted = select(
        Message.message_id, Message.customer_id, Message.topic, Message.campaign_id, TemplateVersion.context
    ).outerjoin(
        TemplateVersion,
        (TemplateVersion.template_id == Message.template_id) & (TemplateVersion.version == Message.template_version),
    )
    rows = session.execute(
        wanted.where(Message.message_id.in_(message_ids)).order_by(Message.created_at, Message.message_id)
    )
    return [Waiting(*row) for row in rows]


def still_claimed(session: Session, message_ids: Collection[UUID], stamp: datetime) -> Sequence[Message]:
    """Claimed messages under lock, without those that somebody woke, cancelled or took since."""
    wanted = select(Message).where(Message.message_id.in_(message_ids), Message.due_at == stamp)
    return session.scalars(wanted.order_by(Message.created_at, Message.message_id).with_for_update()).all()


def asked(session: Session, message_ids: Collection[UUID]) -> Sequence[Message]:
    """Messages under lock whose provider was asked and that nobody settled."""
    wanted = select(Message).where(Message.message_id.in_(message_ids), Message.status.in_(("sending", "unknown")))
    return session.scalars(wanted.order_by(Message.message_id).with_for_update()).all()


def told_already(session: Session, messages: Collection[Message]) -> set[UUID]:
    """Messages of a campaign or care rule that another id of the same person got already, or may have got."""
    caused = [one.message_id for one in messages if one.campaign_id or one.care_rule_id]
    if not caused:
        return set()
    other, here, there = aliased(Message), aliased(CustomerRef), aliased(CustomerRef)
    same = or_(other.campaign_id == Message.campaign_id, other.care_rule_id == Message.care_rule_id)
    found = (
        select(Message.message_id)
        .join(here, here.customer_id == Message.customer_id)
        .join(there, (there.canonical_id == here.canonical_id) & (there.customer_id != here.customer_id))
        .join(other, (other.customer_id == there.customer_id) & same & (other.context == Message.context))
        .where(Message.message_id.in_(caused), other.status.in_(("sending", "unknown", "handed_over", *REACHED)))
    )
    return set(session.scalars(found))


def counted_since(session: Session, campaign_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """How many messages of each campaign were handed to a provider or to staff since."""
    wanted = select(Message.campaign_id, func.count()).where(
        among(Message.campaign_id, campaign_ids),
        Message.status.in_(("sending", "unknown", "handed_over", *REACHED)),
        Message.counted_at > since,
    )
    return dict(session.execute(wanted.group_by(Message.campaign_id)).all())  # type: ignore[arg-type]


def waiting_of(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many messages of each campaign wait."""
    wanted = select(Message.campaign_id, func.count()).where(
        among(Message.campaign_id, campaign_ids), Message.status.in_(WAITING)
    )
    return dict(session.execute(wanted.group_by(Message.campaign_id)).all())  # type: ignore[arg-type]


def waiting_on(session: Session, channels: Collection[str], most: int = 10_000) -> dict[str, int]:
    """How many queued messages were last meant for each channel; no more than `most` are counted."""
    queued = select(Message.channel).where(Message.status == "queued", Message.channel.in_(channels)).limit(most)
    some = queued.subquery()
    return dict(session.execute(select(some.c.channel, func.count()).group_by(some.c.channel)).all())
