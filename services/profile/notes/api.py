"""Notes over HTTP."""

from uuid import UUID

from services.profile.links import usecases as links
from services.profile.notes import repository, usecases
from services.profile.notes.schemas import NoteBody, NoteOut, NotePatch
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/customers/{customer_id}/notes", tag="Notes")
PII = "profile:pii"


@router.get("", scope="profile:read")
def list_notes(customer_id: UUID, session: ReadSession, page: Page, caller: CurrentCaller) -> Listing[NoteOut]:
    """Notes about a customer, of all linked ids, newest first. Masked without `profile:pii`."""
    found = repository.listed(session, links.person(session, customer_id).member_ids, page)
    items = [NoteOut.of(one, pii=caller.may(PII)) for one in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.post("", scope="profile:write", status_code=201, location="/customers/{customer_id}/notes/{id}")
def add_note(customer_id: UUID, body: NoteBody, session: WriteSession, caller: CurrentCaller, now: Now) -> NoteOut:
    """Note something about a customer."""
    return NoteOut.of(usecases.add(session, customer_id, body.text, caller.id, now), pii=caller.may(PII))


@router.get("/{note_id}", scope="profile:read")
def read_note(customer_id: UUID, note_id: UUID, session: ReadSession, caller: CurrentCaller) -> NoteOut:
    """One note, archived or not."""
    return NoteOut.of(usecases.get(session, customer_id, note_id), pii=caller.may(PII))


@router.patch("/{note_id}", scope="profile:write")
def edit_note(
    customer_id: UUID,
    note_id: UUID,
    body: NotePatch,
    *,
    session: WriteSession,
    caller: CurrentCaller,
    if_match: IfMatch,
    now: Now,
) -> NoteOut:
    """Change a note (JSON Merge Patch)."""
    return NoteOut.of(
        usecases.edit(session, customer_id, note_id, body, if_match=if_match, now=now), pii=caller.may(PII)
    )


@router.delete("/{note_id}", scope="profile:write")
def archive_note(customer_id: UUID, note_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a note out of the list; it stays readable."""
    usecases.archive(session, customer_id, note_id, now)
