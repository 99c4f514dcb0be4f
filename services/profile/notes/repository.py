"""Statements about notes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.notes.tables import Note
from shared.db import NOTHING, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "created_at": (Note.created_at, Note.note_id),
    "updated_at": (Note.updated_at, Note.note_id),
}


def listed(session: Session, customer_ids: Collection[UUID], page: PageRequest) -> Listing[Any]:
    """Notes about these ids that are not archived, newest first."""
    wanted = select(Note).where(among(Note.customer_id, customer_ids), Note.archived_at.is_(None))
    return paginate(session, wanted, page, SORTS)


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Store notes; the ids of those that were not there yet."""
    return {row.note_id for row in put(session, Note, rows, on_conflict=NOTHING, returning=["note_id"])}


def of(session: Session, customer_ids: Collection[UUID], note_id: UUID, *, locked: bool = False) -> Note | None:
    """One note about one of these ids, archived or not."""
    wanted = select(Note).where(Note.note_id == note_id, among(Note.customer_id, customer_ids))
    return session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()
