"""What the decision counts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.messages.tables import Message
from shared.db import among
from shared.linking import CustomerRef

# From the moment the provider is asked until we know that it did not take the message.
NOT_COUNTED = ("queued", "deferred", "skipped", "expired", "cancelled", "failed")


def counted(
    session: Session, canonical_ids: Collection[UUID], since: datetime
) -> dict[UUID, list[tuple[str, datetime]]]:
    """Marketing messages since then, sent or on their way, by canonical customer: channel and when."""
    rows = session.execute(
        select(CustomerRef.canonical_id, Message.channel, Message.counted_at)
        .join(CustomerRef, CustomerRef.customer_id == Message.customer_id)
        .where(
            among(CustomerRef.canonical_id, canonical_ids),
            Message.purpose == "marketing",
            Message.counted_at > since,
            Message.status.not_in(NOT_COUNTED),
        )
    )
    found: dict[UUID, list[tuple[str, datetime]]] = {canonical: [] for canonical in canonical_ids}
    for canonical, channel, at in rows:
        if channel and at:
            found[canonical].append((channel, at))
    return found
