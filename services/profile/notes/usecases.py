"""Writing, changing and archiving notes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.links import usecases as links
from services.profile.notes import repository
from services.profile.notes.schemas import NotePatch, Written
from services.profile.notes.tables import Note
from shared.errors import FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import require_version
from shared.web.versioned import archived, moved_on, stamps


def write(session: Session, notes: Sequence[tuple[UUID, str]], author: str, now: datetime) -> list[UUID]:
    """Note texts about customers, whose ids are known to exist; the ids of the notes."""
    rows = [
        {"note_id": new_id(), "customer_id": who, "text": text, "author": author, **stamps(now)} for who, text in notes
    ]
    repository.add(session, rows)
    return [row["note_id"] for row in rows]


def record(session: Session, notes: Sequence[Written], now: datetime) -> set[UUID]:
    """Keep notes that were written elsewhere; the ids of those not kept before."""
    rows = [
        {"note_id": one.note_id, "customer_id": one.customer_id, "text": one.text, "author": one.author}
        | {**stamps(now), "created_at": one.written_at or now}
        for one in notes
    ]
    return repository.add(session, rows)


def add(session: Session, customer_id: UUID, text: str, author: str, now: datetime) -> Note:
    """Note something about the person behind an id. Raises NotFound and Gone."""
    canonical_id = links.person(session, customer_id).canonical_id
    (note_id,) = write(session, [(canonical_id, text)], author, now)
    return get(session, customer_id, note_id)


def edit(session: Session, customer_id: UUID, note_id: UUID, patch: NotePatch, *, if_match: int, now: datetime) -> Note:
    """Change a note; who wrote it first stays its author."""
    row = get(session, customer_id, note_id, locked=True)
    require_version(row.version, if_match)
    if "text" in patch.model_fields_set:
        if patch.text is None:
            raise Invalid("Not valid: text.", errors=[FieldError("text", "required", "a note without text is none")])
        moved_on(session, row, now, text=patch.text)
    return row


def archive(session: Session, customer_id: UUID, note_id: UUID, now: datetime) -> None:
    """Take a note out of the list; it stays readable."""
    archived(session, get(session, customer_id, note_id, locked=True), now)


def get(session: Session, customer_id: UUID, note_id: UUID, *, locked: bool = False) -> Note:
    """One note about the person behind an id; raises NotFound."""
    row = repository.of(session, links.person(session, customer_id).member_ids, note_id, locked=locked)
    if row is None:
        raise NotFound("There is no such note about this customer.")
    return row
