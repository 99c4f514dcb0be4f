"""Statements about deliveries."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.profile.deliveries.tables import WebhookDelivery
from shared.db import NOTHING, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"received_at": (WebhookDelivery.received_at, WebhookDelivery.delivery_id)}


def add(session: Session, row: Mapping[str, Any]) -> bool:
    """Store a delivery; whether it is new. One that another transaction is taking in is waited for."""
    return bool(put(session, WebhookDelivery, [row], on_conflict=NOTHING, returning=["delivery_id"]))


def note(session: Session, delivery_id: UUID, outcome: str, results: Sequence[Mapping[str, Any]]) -> None:
    """Write what became of a delivery."""
    named = update(WebhookDelivery).where(WebhookDelivery.delivery_id == delivery_id)
    session.execute(named.values(outcome=outcome, results=list(results)))


def closed(session: Session, hashes: Collection[bytes]) -> set[bytes]:
    """Which of these customer accounts were said to be gone."""
    statement = select(WebhookDelivery.closed_hash).where(among(WebhookDelivery.closed_hash, hashes))
    return {bytes(one) for one in session.scalars(statement) if one is not None}


def listed(
    session: Session, source_id: UUID, outcomes: Sequence[str] | None, topics: Sequence[str] | None, page: PageRequest
) -> Listing[Any]:
    """One page of a source's deliveries."""
    statement = select(WebhookDelivery).where(WebhookDelivery.source_id == source_id)
    if outcomes is not None:
        statement = statement.where(WebhookDelivery.outcome.in_(outcomes))
    if topics is not None:
        statement = statement.where(WebhookDelivery.topic.in_(topics))
    return paginate(session, statement, page, SORTS, default="-received_at")
