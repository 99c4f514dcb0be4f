"""Meeting and keeping sources, and giving them secrets."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from services.profile.sources import repository
from services.profile.sources.schemas import ACTIVE, DISABLED, OTHER, NewSecret, NewSource, SecretOut, SourcePatch
from services.profile.sources.tables import Source
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import derived_id, new_id
from shared.web.dependencies import require_version
from shared.web.versioned import archived, moved_on, stamps

REQUIRED = ("kind", "name", "status")
SECRET_BYTES = 32

# By database: codes that were stored for certain. Every report names one, and a source is never deleted.
STORED: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def meet(session: Session, codes: Collection[str], now: datetime) -> None:
    """Record the sources of these codes that are not known yet."""
    stored = STORED.setdefault(session.get_bind(), set())
    new = sorted(set(codes) - stored)
    if new:
        repository.add(session, [_row(code, now, kind=OTHER, name=code) for code in new])
        listen(session, "after_commit", lambda _: stored.update(new), once=True)


def create(session: Session, body: NewSource, now: datetime) -> Source:
    """Store a source. Raises Conflict `already_exists` for a code that is or was in use: change that source."""
    row = _row(now=now, **body.model_dump())
    if row["source_id"] not in repository.add(session, [row]):
        raise Conflict(f"Source {row['source_id']} has this code.", code="already_exists")
    return get(session, row["source_id"])


def edit(session: Session, source_id: UUID, patch: SourcePatch, if_match: int, now: datetime) -> Source:
    """Change a source by a JSON Merge Patch. Raises NotFound, PreconditionFailed, Invalid."""
    row = get(session, source_id, locked=True)
    require_version(row.version, if_match)
    said = patch.said()
    if missing := [name for name in REQUIRED if name in said and said[name] is None]:
        errors = [FieldError(name, "required", "cannot be taken back") for name in missing]
        raise Invalid(f"Not valid: {', '.join(missing)}.", errors=errors)
    return moved_on(session, row, now, **said)


def archive(session: Session, source_id: UUID, now: datetime) -> None:
    """Take a source out of use; it stays readable and its code stays taken."""
    archived(session, get(session, source_id, locked=True), now)


def disable(session: Session, source_id: UUID, now: datetime) -> None:
    """Ignore what comes from a source from now on; what is known of it stays."""
    row = get(session, source_id, locked=True)
    if row.status != DISABLED:
        moved_on(session, row, now, status=DISABLED)


def get(session: Session, source_id: UUID, *, locked: bool = False) -> Source:
    """One source, archived or not; raises NotFound."""
    row = repository.get(session, source_id, locked=locked)
    if row is None:
        raise NotFound("There is no such source.")
    return row


def rotate(session: Session, source_id: UUID, body: NewSecret, now: datetime) -> SecretOut:
    """Give a source a new secret. The newest old one is good for the overlap, any other old one no more."""
    get(session, source_id, locked=True)
    good = [one.secret_id for one in repository.secrets(session, source_id, now)]
    until = now + timedelta(hours=body.overlap_hours)
    repository.end_secrets(session, good[:1], until)
    repository.end_secrets(session, good[1:], now)
    made = None if body.secret else secrets.token_urlsafe(SECRET_BYTES)
    row = {"secret_id": new_id(), "source_id": source_id, "secret": body.secret or made}
    repository.add_secret(session, row | {"created_at": now, "expires_at": None})
    former = until if good else None
    return SecretOut(id=row["secret_id"], source_id=source_id, secret=made, created_at=now, former_expires_at=former)


def good_secrets(session: Session, source_id: UUID, now: datetime) -> Sequence[str]:
    """What a webhook of this source may be signed with now."""
    return [one.secret for one in repository.secrets(session, source_id, now)]


def is_active(source: Source) -> bool:
    """Whether what comes from a source is taken in."""
    return source.status == ACTIVE and source.archived_at is None


def _row(code: str, now: datetime, **told: Any) -> dict[str, Any]:
    defaults = {"currency": None, "time_zone": None, "status": ACTIVE}
    return {"source_id": derived_id("source", code), "code": code, **defaults, **told, **stamps(now)}
