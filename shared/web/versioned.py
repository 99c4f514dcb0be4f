"""Changing rows that carry a version, the ETag of what a caller saw, and taking them out of use."""

from datetime import datetime
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from shared.web.dependencies import require_version
from shared.web.patches import merged
from shared.web.validation import checked

Kind = TypeVar("Kind", bound=BaseModel)


class Versioned(Protocol):
    """A row that is changed version by version."""

    version: int
    updated_at: datetime


class Archivable(Versioned, Protocol):
    """A row that can be taken out of use."""

    archived_at: datetime | None


V = TypeVar("V", bound=Versioned)


def stamps(now: datetime) -> dict[str, Any]:
    """What a new row of that kind begins with."""
    return {"version": 1, "created_at": now, "updated_at": now, "archived_at": None}


def patched(row: Versioned, kind: type[Kind], patch: BaseModel, if_match: int) -> Kind:
    """A row, held locked, as the body it would be made from after a JSON Merge Patch; the row stays as it is.

    Raises PreconditionFailed when the caller saw another version, Invalid when the patch leaves no valid body.
    """
    require_version(row.version, if_match)
    before = {name: getattr(row, name) for name in kind.model_fields if hasattr(row, name)}
    return checked(kind, merged(before, patch.model_dump(exclude_unset=True, by_alias=True)))


def moved_on(session: Session, row: V, now: datetime, /, **values: Any) -> V:
    """Give a row, held locked, these values and its next version."""
    for name, value in values.items():
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, now
    session.flush()
    return row


def archived(session: Session, row: Archivable, now: datetime, /, **values: Any) -> bool:
    """Take a row, held locked, out of use; whether it was in use until now."""
    if row.archived_at is not None:
        return False
    moved_on(session, row, now, archived_at=now, **values)
    return True
