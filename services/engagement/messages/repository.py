"""Statements about messages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.engagement.messages.schemas import HELD, PUBLISHED, WAITING
from services.engagement.messages.tables import Message
from shared import ownership
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.db import among
from shared.linking import CustomerRef
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (Message.created_at, Message.message_id)}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages; what is None does not filter."""

    status: Sequence[str] | None = None
    channel: Sequence[str] | None = None
    purpose: Sequence[str] | None = None
    template: str | None = None
    care_rule_id: UUID | None = None
    campaign_id: UUID | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


def listed(
    session: Session,
    page: PageRequest,
    wanted: Filter,
    members: Collection[UUID] | None = None,
    *,
    caller: Caller = PUBLIC_CALLER,
) -> Listing[Any]:
    """Messages, newest first; of these customer ids only where they are given, and as far as the caller may see."""
    statement = ownership.narrowed(_filtered(select(Message), wanted), Message.customer_id, caller)
    if members is not None:
        statement = statement.where(among(Message.customer_id, members))
    return paginate(session, statement, page, SORTS)


def latest(session: Session, members: Collection[UUID], limit: int) -> Sequence[Message]:
    """The newest messages of these customer ids."""
    statement = select(Message).where(among(Message.customer_id, members))
    return session.scalars(statement.order_by(Message.created_at.desc(), Message.message_id.desc()).limit(limit)).all()


def by_dedupe_key(session: Session, keys: Collection[str]) -> dict[str, Message]:
    """Messages by their dedupe key."""
    rows = session.scalars(select(Message).where(Message.dedupe_key.in_(set(keys)))) if keys else ()
    return {row.dedupe_key: row for row in rows if row.dedupe_key}


def wake(session: Session, customer_ids: Collection[UUID], now: datetime) -> None:
    """Have the waiting messages of these people, whatever id they were written to, decided again at once."""
    named = select(CustomerRef.canonical_id).where(among(CustomerRef.customer_id, customer_ids))
    everybody = select(CustomerRef.customer_id).where(CustomerRef.canonical_id.in_(named))
    session.execute(
        update(Message)
        .where(Message.customer_id.in_(everybody), Message.status.in_(WAITING), Message.purpose != "transactional")
        .values(due_at=func.least(Message.due_at, now))
        .execution_options(synchronize_session=False)
    )


def cancel_waiting(session: Session, wanted: ColumnElement[bool], reason: str, now: datetime) -> None:
    """Cancel what waits to be sent among these."""
    values = {"status": "cancelled", "reason": reason, "due_at": None}
    _move(session, wanted & Message.status.in_(WAITING), values, now)


def hold(session: Session, campaign_id: UUID, now: datetime) -> None:
    """Take what waits of a campaign out of the queue."""
    values = {"status": "deferred", "reason": HELD, "due_at": None}
    _move(session, (Message.campaign_id == campaign_id) & Message.status.in_(WAITING), values, now)


def release_held(session: Session, campaign_id: UUID, now: datetime) -> None:
    """Put back what was held of a campaign; each is decided again."""
    held = (Message.campaign_id == campaign_id) & (Message.status == "deferred") & (Message.reason == HELD)
    _move(session, held, {"status": "queued", "reason": None, "due_at": now}, now)


def _move(session: Session, wanted: ColumnElement[bool], values: Mapping[str, Any], now: datetime) -> None:
    moved = update(Message).where(wanted).values(**values, changed_at=now, version=Message.version + 1)
    session.execute(moved.execution_options(synchronize_session=False))


def on_their_way(session: Session, campaign_id: UUID, limit: int = 1000) -> int:
    """How many messages of a campaign are queued, as far as `limit`."""
    some = select(Message.message_id).where(Message.campaign_id == campaign_id, Message.status == "queued").limit(limit)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def unfinished(session: Session, campaign_id: UUID) -> bool:
    """Whether a message of a campaign waits or was handed over and not settled."""
    open_ = (Message.campaign_id == campaign_id) & Message.status.in_((*WAITING, "sending"))
    return session.scalar(select(Message.message_id).where(open_).limit(1)) is not None


def published(session: Session, selection: Selection) -> Sequence[Message]:
    """Messages of which an event was published, by id."""
    statement = select(Message).where(Message.status.in_(PUBLISHED))
    whose, changed = Message.customer_id, Message.changed_at
    page = selection.narrowed(statement, Message.message_id, customer_id=whose, changed_at=changed)
    return session.scalars(page).all()


def _filtered(statement: Select[Any], wanted: Filter) -> Select[Any]:
    lists: dict[InstrumentedAttribute[Any], Sequence[str] | None] = {
        Message.status: wanted.status,
        Message.channel: wanted.channel,
        Message.purpose: wanted.purpose,
    }
    values: dict[InstrumentedAttribute[Any], Any] = {
        Message.template: wanted.template,
        Message.care_rule_id: wanted.care_rule_id,
        Message.campaign_id: wanted.campaign_id,
    }
    for column, some in lists.items():
        statement = statement.where(column.in_(some)) if some else statement
    for column, value in values.items():
        statement = statement.where(column == value) if value is not None else statement
    if wanted.created_from:
        statement = statement.where(Message.created_at >= wanted.created_from)
    if wanted.created_to:
        statement = statement.where(Message.created_at < wanted.created_to)
    return statement


def addresses(session: Session, contact_ids: Collection[UUID]) -> list[tuple[UUID, str, bytes]]:
    """Where messages to these contact points went: contact, channel and hash of the address."""
    wanted = select(Message.contact_id, Message.channel, Message.address_hash).distinct()
    wanted = wanted.where(among(Message.contact_id, contact_ids), Message.address_hash.is_not(None))
    rows = session.execute(wanted)
    return [(contact, channel, hash_) for contact, channel, hash_ in rows if contact and channel and hash_]


def addresses_of(session: Session, customer_ids: Collection[UUID]) -> list[tuple[UUID, str, bytes]]:
    """Where messages to these customers went: customer, channel and hash of the address."""
    wanted = select(Message.customer_id, Message.channel, Message.address_hash).distinct()
    wanted = wanted.where(among(Message.customer_id, customer_ids), Message.address_hash.is_not(None))
    rows = session.execute(wanted)
    return [(customer, channel, hash_) for customer, channel, hash_ in rows if channel and hash_]
