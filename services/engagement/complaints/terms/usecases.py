"""Keeping the trees of categories and root causes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.engagement.complaints.terms.schemas import NewTerm, TermKind, TermPatch
from services.engagement.complaints.terms.tables import ComplaintTerm
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

SORTS = {"code": (ComplaintTerm.code, ComplaintTerm.term_id)}
UNKNOWN = "unknown"


def listed(session: Session, kind: TermKind, page: PageRequest) -> Listing[ComplaintTerm]:
    """A tree as it is in use, by code: what is below stands behind."""
    wanted = select(ComplaintTerm).where(ComplaintTerm.kind == kind, ComplaintTerm.archived_at.is_(None))
    return paginate(session, wanted, page, SORTS, default="code")


def create(session: Session, kind: TermKind, draft: NewTerm, now: datetime) -> ComplaintTerm:
    """Add a place; one that was taken out of use comes back. Raises Invalid without its parent, `already_exists`."""
    parent = draft.code.rpartition(".")[0]
    if parent and not known(session, kind, parent):
        fault = FieldError("code", "reference_not_found", f"{parent} is not in the tree")
        raise Invalid("It has no place in the tree.", errors=[fault])
    row = draft.model_dump() | {"term_id": new_id(), "kind": kind, **stamps(now)}
    if put(session, ComplaintTerm, [row], on_conflict=NOTHING, key=["kind", "code"], returning=["term_id"]):
        return session.get_one(ComplaintTerm, row["term_id"])
    before = session.scalars(_of(kind, draft.code).with_for_update()).one()
    if before.archived_at is None:
        raise Conflict("It stands in the tree already.", code="already_exists")
    return moved_on(session, before, now, archived_at=None, names=draft.names)


def get(session: Session, kind: TermKind, term_id: UUID, *, locked: bool = False) -> ComplaintTerm:
    """One place, in use or not."""
    found = session.get(ComplaintTerm, term_id, with_for_update=locked or None)
    if found is None or found.kind != kind:
        raise NotFound("There is no such place in the tree.")
    return found


def edit(
    session: Session, kind: TermKind, term_id: UUID, patch: TermPatch, *, if_match: int, now: datetime
) -> ComplaintTerm:
    """Change what a place is called."""
    term = get(session, kind, term_id, locked=True)
    return moved_on(session, term, now, names=patched(term, NewTerm, patch, if_match).names)


def archive(session: Session, kind: TermKind, term_id: UUID, now: datetime) -> None:
    """Use a place no more; what has it keeps it. Raises `in_use` while something stands below it."""
    term = get(session, kind, term_id, locked=True)
    below = select(ComplaintTerm.term_id).where(
        ComplaintTerm.kind == kind,
        ComplaintTerm.code.startswith(f"{term.code}.", autoescape=True),
        ComplaintTerm.archived_at.is_(None),
    )
    if session.scalars(below.limit(1)).first() is not None:
        raise Conflict("Something stands below it: take that out first.", code="in_use")
    archived(session, term, now)


def known(session: Session, kind: TermKind, code: str) -> bool:
    """Whether a code stands in a tree and is in use."""
    found = session.scalars(_of(kind, code)).one_or_none()
    return found is not None and found.archived_at is None


def require(session: Session, kind: TermKind, code: str, field: str) -> None:
    """Raise Invalid for a code that is not in a tree."""
    if not known(session, kind, code):
        fault = FieldError(field, "reference_not_found", f"there is no {kind} of that code in use")
        raise Invalid(f"The {kind} is not known.", errors=[fault])


def ensure(session: Session, kind: TermKind, drafts: Sequence[NewTerm], now: datetime) -> None:
    """Add places that were never there."""
    rows = [draft.model_dump() | {"term_id": new_id(), "kind": kind, **stamps(now)} for draft in drafts]
    put(session, ComplaintTerm, rows, on_conflict=NOTHING, key=["kind", "code"])


def _of(kind: TermKind, code: str) -> Select[ComplaintTerm]:
    return select(ComplaintTerm).where(ComplaintTerm.kind == kind, ComplaintTerm.code == code)
