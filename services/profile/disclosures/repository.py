"""Statements about cases of disclosure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.profile.disclosures.schemas import ANSWERED, OPEN, DisclosureFilter
from services.profile.disclosures.tables import DisclosureCase
from shared.db import NOTHING, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "due_at": (DisclosureCase.due_at, DisclosureCase.disclosure_id),
    "requested_at": (DisclosureCase.requested_at, DisclosureCase.disclosure_id),
}


def add(session: Session, row: Mapping[str, Any]) -> None:
    """Store a case that is not there yet."""
    put(session, DisclosureCase, [row], on_conflict=NOTHING)


def get(session: Session, disclosure_id: UUID) -> DisclosureCase | None:
    """One case."""
    return session.get(DisclosureCase, disclosure_id, populate_existing=True)


def answer(session: Session, disclosure_id: UUID, now: datetime) -> bool:
    """Note that an open case was answered; whether it was open."""
    named = update(DisclosureCase).where(DisclosureCase.disclosure_id == disclosure_id, DisclosureCase.status == OPEN)
    values = {"status": ANSWERED, "answered_at": now, "version": DisclosureCase.version + 1}
    return session.scalar(named.values(values).returning(DisclosureCase.disclosure_id)) is not None


def listed(session: Session, wanted: DisclosureFilter, page: PageRequest) -> Listing[Any]:
    """One page of cases."""
    statement = select(DisclosureCase)
    if wanted.status is not None:
        statement = statement.where(DisclosureCase.status.in_(wanted.status))
    if wanted.customer_id is not None:
        statement = statement.where(DisclosureCase.customer_id == wanted.customer_id)
    if wanted.due_to is not None:
        statement = statement.where(DisclosureCase.due_at < wanted.due_to)
    return paginate(session, statement, page, SORTS, default="due_at")
