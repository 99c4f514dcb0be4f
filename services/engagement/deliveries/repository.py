"""Statements of sending."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.engagement.messages.schemas import REACHED, WAITING
from services.engagement.messages.tables import Message
from shared.db import among


class Waiting(NamedTuple):
    """A claimed message, as far as profile must be asked about it."""

    message_id: UUID
    customer_id: UUID
    topic: str
    campaign_id: UUID | None


def claimed(session: Session, message_ids: Collection[UUID]) -> list[Waiting]:
    """Claimed messages, the oldest first."""
    wanted = select(Message.message_id, Message.customer_id, Message.topic, Message.campaign_id)
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


def counted_since(session: Session, campaign_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """How many messages of each campaign were handed to a provider since."""
    wanted = select(Message.campaign_id, func.count()).where(
        among(Message.campaign_id, campaign_ids),
        Message.status.in_(("sending", "unknown", *REACHED)),
        Message.counted_at > since,
    )
    return dict(session.execute(wanted.group_by(Message.campaign_id)).all())  # type: ignore[arg-type]


def waiting_of(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many messages of each campaign wait."""
    wanted = select(Message.campaign_id, func.count()).where(
        among(Message.campaign_id, campaign_ids), Message.status.in_(WAITING)
    )
    return dict(session.execute(wanted.group_by(Message.campaign_id)).all())  # type: ignore[arg-type]
