"""Keeping refused items, and giving them up."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.profile.ingestion.rejections import repository
from services.profile.ingestion.rejections.schemas import RejectionFilter
from shared.contracts.base import Origin
from shared.errors import Conflict, GuanxiError
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing


@dataclass(frozen=True, slots=True)
class Refused:
    """One item that was refused: what it was, as text, and why."""

    kind: str
    source: str | None
    body: str
    problem: GuanxiError


def keep(session: Session, refused: Sequence[Refused], *, door: str, origin: Origin, now: datetime) -> list[UUID]:
    """Store refused items for somebody to correct; their ids, in this order."""
    rows = [_row(one, door, origin, now) for one in refused]
    repository.add(session, rows)
    return [row["rejection_id"] for row in rows]


def listed(session: Session, wanted: RejectionFilter, page: PageRequest) -> Listing[Any]:
    """One page of rejections without bodies."""
    return repository.listed(session, wanted, page)


def found(session: Session, rejection_id: UUID) -> Row[Any]:
    """One rejection with its body; raises NotFound."""
    return repository.found(session, rejection_id)


def opened(session: Session, rejection_id: UUID) -> Row[Any]:
    """A rejection that is still open, kept from everybody else. Raises NotFound, Conflict `invalid_transition`."""
    row = repository.found(session, rejection_id, lock=True)
    if row.status != "open":
        raise Conflict(f"The rejection is {row.status} already.", code="invalid_transition")
    return row


def discard(session: Session, rejection_id: UUID, now: datetime) -> Row[Any]:
    """Give an open rejection up."""
    opened(session, rejection_id)
    return settle(session, rejection_id, "discarded", now)


def settle(session: Session, rejection_id: UUID, status: str, now: datetime) -> Row[Any]:
    """Note what became of a rejection; the rejection as it is then."""
    repository.settle(session, rejection_id, status, now)
    return repository.found(session, rejection_id)


def _row(one: Refused, door: str, origin: Origin, now: datetime) -> dict[str, Any]:
    return {
        "rejection_id": new_id(),
        "door": door,
        "kind": one.kind,
        "source": one.source,
        "code": one.problem.code,
        "errors": [asdict(error) for error in one.problem.errors],
        "body": one.body,
        "origin": origin.value,
        "received_at": now,
        "status": "open",
        "settled_at": None,
        "version": 1,
    }
