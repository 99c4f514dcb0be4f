"""Recording tags, notes and contact points that another system kept."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.contacts import usecases as contacts
from services.profile.contacts.schemas import Given
from services.profile.ingestion.remarks.schemas import ContactReported, NoteReported, Remark, TagsReported
from services.profile.notes import usecases as notes
from services.profile.notes.schemas import Written
from services.profile.tags import usecases as tags
from shared.contracts.base import Origin
from shared.errors import FieldError, Invalid

Owners = Mapping[int, UUID]
Outcome = tuple[str, str]  # status and id
ACTOR = "import"


def record(
    session: Session, told: Mapping[int, Remark], owners: Owners, *, origin: Origin, now: datetime
) -> dict[int, Outcome | Invalid]:
    """Put tags on customers, write notes, add contact points: by place what became of each, or why it is refused."""
    tagged = {at: one for at, one in told.items() if isinstance(one, TagsReported)}
    noted = {at: one for at, one in told.items() if isinstance(one, NoteReported)}
    reached = {at: one for at, one in told.items() if isinstance(one, ContactReported)}
    return {
        **_put_tags(session, tagged, owners, origin, now),
        **_write_notes(session, noted, owners, now),
        **_add_contacts(session, reached, owners, origin, now),
    }


def _put_tags(
    session: Session, told: Mapping[int, TagsReported], owners: Owners, origin: Origin, now: datetime
) -> dict[int, Outcome | Invalid]:
    wanted: dict[UUID, list[str]] = {}
    for at, one in told.items():
        wanted.setdefault(owners[at], []).extend(one.tags)
    full = tags.put(session, wanted, ACTOR, origin=origin, now=now) if wanted else set()
    return {at: _too_many() if owners[at] in full else ("updated", str(owners[at])) for at in told}


def _write_notes(
    session: Session, told: Mapping[int, NoteReported], owners: Owners, now: datetime
) -> dict[int, Outcome]:
    written = {at: Written(owners[at], one.text, one.author, one.written_at) for at, one in told.items()}
    fresh = notes.record(session, list(written.values()), now) if written else set()
    return {at: ("created" if one.note_id in fresh else "unchanged", str(one.note_id)) for at, one in written.items()}


def _add_contacts(
    session: Session, told: Mapping[int, ContactReported], owners: Owners, origin: Origin, now: datetime
) -> dict[int, Outcome]:
    given = [Given(owners[at], one.contact()) for at, one in told.items()]
    added = contacts.record(session, given, origin=origin, now=now) if given else []
    return {at: (status, str(id_)) for at, (status, id_) in zip(told, added, strict=True)}


def _too_many() -> Invalid:
    fault = FieldError("tags", "too_long", "the customer would have too many tags")
    return Invalid("Not valid: tags.", errors=[fault])
