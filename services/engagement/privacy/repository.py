"""Statements about addresses that nobody is reached by any more."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from services.engagement.messages.tables import Message
from services.engagement.suppressions.tables import Suppression
from shared.db import among


def forget_addresses(session: Session, customer_ids: Collection[UUID]) -> None:
    """Drop the hashes of where the messages of these customers went, and the suppressions by them."""
    theirs = among(Message.customer_id, customer_ids) & Message.address_hash.is_not(None)
    used = select(Message.channel, Message.address_hash).where(theirs)
    session.execute(delete(Suppression).where(tuple_(Suppression.channel, Suppression.address_hash).in_(used)))
    forgotten = update(Message).where(theirs).values(address_hash=None)
    session.execute(forgotten.execution_options(synchronize_session=False))
