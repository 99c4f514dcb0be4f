"""Statements about rejections."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from services.profile.ingestion.rejections.schemas import RejectionFilter
from services.profile.ingestion.rejections.tables import RejectedEvent
from shared.db import put
from shared.errors import NotFound
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

COLUMNS = tuple(RejectedEvent.__table__.c)
WITHOUT_BODY = tuple(column for column in COLUMNS if column.name != "body")


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store refused items."""
    put(session, RejectedEvent, rows)


def found(session: Session, rejection_id: UUID, *, lock: bool = False) -> Row[Any]:
    """One rejection with its body; raises NotFound."""
    statement = select(*COLUMNS).where(RejectedEvent.rejection_id == rejection_id)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound("There is no such rejection.")
    return row


def listed(session: Session, wanted: RejectionFilter, page: PageRequest) -> Listing[Any]:
    """One page of rejections without bodies."""
    statement = select(*WITHOUT_BODY)
    for name in ("source", "code", "door", "status"):
        if (values := getattr(wanted, name)) is not None:
            statement = statement.where(getattr(RejectedEvent, name).in_(values))
    if wanted.received_from is not None:
        statement = statement.where(RejectedEvent.received_at >= wanted.received_from)
    if wanted.received_to is not None:
        statement = statement.where(RejectedEvent.received_at < wanted.received_to)
    sorts = {"received_at": (RejectedEvent.received_at, RejectedEvent.rejection_id)}
    return paginate(session, statement, page, sorts, default="-received_at")


def settle(session: Session, rejection_id: UUID, status: str, now: datetime) -> None:
    """Note what became of a rejection."""
    values = {"status": status, "settled_at": now, "version": RejectedEvent.version + 1}
    session.execute(update(RejectedEvent).where(RejectedEvent.rejection_id == rejection_id).values(values))
