"""Noting deliveries, each once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.deliveries import repository
from services.profile.deliveries.schemas import DUPLICATE, IGNORED, DeliveryOut, Told
from shared.ids import derived_id


def begin(
    session: Session, source_id: UUID, key: str, topic: str, *, closed_hash: bytes | None, now: datetime
) -> DeliveryOut:
    """Note that a delivery came; its outcome is `duplicate` where one of the source's with this key did before.

    `closed_hash` stands for the customer account that it says is gone.
    """
    row = {
        "delivery_id": derived_id("webhook", str(source_id), key),
        "source_id": source_id,
        "topic": topic,
        "outcome": IGNORED,
        "results": [],
        "closed_hash": closed_hash,
        "received_at": now,
    }
    return DeliveryOut.model_validate(row if repository.add(session, row) else row | {"outcome": DUPLICATE})


def end(session: Session, delivery: DeliveryOut, outcome: str, results: Sequence[Told]) -> DeliveryOut:
    """Note what became of a delivery; it as it is then."""
    repository.note(session, delivery.id, outcome, [one.model_dump() for one in results])
    return delivery.model_copy(update={"outcome": outcome, "results": list(results)})


def closed(session: Session, hashes: Collection[bytes]) -> set[bytes]:
    """Which of these customer accounts a delivery said to be gone, however long ago."""
    return repository.closed(session, hashes) if hashes else set()
