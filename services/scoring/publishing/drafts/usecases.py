"""Making, changing and discarding drafts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.publishing.drafts import repository, rules
from services.scoring.publishing.drafts.schemas import DraftPatch, NewDraft
from services.scoring.publishing.drafts.tables import DraftStatus, SchemeDraft
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.schemas import Kind
from services.scoring.strategies import usecases as strategies
from shared.db import put
from shared.errors import Conflict, FieldError, Invalid
from shared.ids import new_id
from shared.web.dependencies import require_version
from shared.web.patches import merged
from shared.web.versioned import moved_on


def create(session: Session, kind: Kind, body: NewDraft, currency: str, now: datetime) -> SchemeDraft:
    """Begin a draft. Raises Invalid for a content that its kind does not allow, or a preset that does not exist."""
    content = rules.checked(kind, _beginning(session, kind, body, currency))
    return _store(session, kind, content, now)


def edit(
    session: Session, kind: Kind, draft_id: UUID, patch: DraftPatch, *, if_match: int, now: datetime
) -> SchemeDraft:
    """Change an open draft by a JSON Merge Patch. Raises Invalid, PreconditionFailed, Conflict."""
    draft = opened(session, kind, draft_id)
    require_version(draft.version, if_match)
    return moved_on(session, draft, now, content=rules.checked(kind, merged(draft.content, patch.content)))


def discard(session: Session, kind: Kind, draft_id: UUID, now: datetime) -> None:
    """Give a draft up; it stays readable."""
    draft = opened(session, kind, draft_id)
    moved_on(session, draft, now, status=DraftStatus.DISCARDED)


def opened(session: Session, kind: str, draft_id: UUID) -> SchemeDraft:
    """A draft that may be changed, locked. Raises NotFound, and Conflict once it was published or discarded."""
    draft = repository.get(session, kind, draft_id, locked=True)
    if draft.status is not DraftStatus.OPEN:
        raise Conflict(f"The draft is {draft.status} already.", code="invalid_transition")
    return draft


def in_force(session: Session, kind: str) -> dict[str, Any]:
    """The content that counts: the newest version, or the defaults. Raises Invalid for a kind that has none."""
    if kind == "strategies":
        return strategies.content(session)
    found = schemes.current(session, kind)
    return rules.checked(kind, {} if found is None else found.content)


def _beginning(session: Session, kind: Kind, body: NewDraft, currency: str) -> dict[str, Any]:
    if body.content is not None:
        return body.content
    if body.preset is None:
        return in_force(session, kind)
    preset = rules.PRESETS.get(body.preset)
    if preset is None or kind != "dimensions":
        message = "There is no such preset." if preset is None else "Presets are for dimensions."
        raise Invalid(message, errors=[FieldError("preset", "reference_not_found", message)])
    return preset.applied(in_force(session, kind), currency)


def _store(session: Session, kind: Kind, content: dict[str, Any], now: datetime) -> SchemeDraft:
    row = {"draft_id": new_id(), "kind": kind, "status": DraftStatus.OPEN, "content": content, "version": 1}
    stamps = {"scheme_version": None, "created_at": now, "updated_at": now}
    put(session, SchemeDraft, [row | stamps])
    return session.get_one(SchemeDraft, row["draft_id"])
