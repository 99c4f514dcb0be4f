"""Statements about receipts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.engagement.messages.tables import Message
from services.engagement.receipts.tables import ProviderReceipt
from shared.db import NOTHING, put

Said = tuple[UUID, UUID | None]  # whose address it is, and which of theirs


def note(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Store what was told; the ids of what was not told before."""
    stored = put(session, ProviderReceipt, rows, on_conflict=NOTHING, returning=["receipt_id"])
    return {one.receipt_id for one in stored}


def messages(
    session: Session, channel: str, message_ids: Collection[UUID], provider_ids: Collection[str]
) -> Sequence[Message]:
    """Messages of a channel by our ids or the provider's, under lock."""
    ours, theirs = Message.message_id.in_(message_ids), Message.provider_id.in_(provider_ids)
    wanted = select(Message).where(Message.channel == channel, ours | theirs)
    return session.scalars(wanted.order_by(Message.message_id).with_for_update(key_share=True)).all()


def owners(session: Session, channel: str, hashes: Collection[bytes]) -> dict[bytes, Said]:
    """Who was written to at these addresses last."""
    wanted = (
        select(Message.address_hash, Message.customer_id, Message.contact_id)
        .where(tuple_(Message.channel, Message.address_hash).in_([(channel, one) for one in hashes]))
        .ext(distinct_on(Message.address_hash))
        .order_by(Message.address_hash, Message.counted_at.desc().nulls_last())
    )
    return {hash_: (customer, contact) for hash_, customer, contact in session.execute(wanted) if hash_}
