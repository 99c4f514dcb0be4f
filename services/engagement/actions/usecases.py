"""Changing an action, and letting it begin or end; what it is about is the business of the noun that has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from shared.errors import Conflict, FieldError, Invalid
from shared.web.dependencies import require_version
from shared.web.versioned import moved_on

EDITED = ("title", "note", "owner_id", "due_on", "window_days")
NEEDED = ("title", "window_days")
Steps = Mapping[str, Sequence[str]]


class Action(Protocol):
    """Something to be done, from its plan to its end, and how many days before and after are compared."""

    title: Any
    note: Any
    owner_id: UUID | None
    window_days: int
    status: str
    started_at: datetime | None
    done_at: datetime | None
    version: int
    updated_at: datetime


A = TypeVar("A", bound=Action)


def edit(session: Session, action: A, patch: Any, if_match: int, *, steps: Steps, roster: Roster, now: datetime) -> A:
    """Change an action, held locked, or let it begin or end; `roster` is what `staff.hear` gave.

    Raises `invalid_transition`, and Invalid for a time that cannot be or a new owner who is not in use.
    """
    require_version(action.version, if_match)
    if "owner_id" in patch.model_fields_set and patch.owner_id != action.owner_id:
        staff.require(roster, owner_id=patch.owner_id)
    for name in patch.model_fields_set & {*EDITED}:
        value = getattr(patch, name)
        if value is None and name in NEEDED:
            raise Invalid("It needs one.", errors=[FieldError(name, "required", "it needs one")])
        setattr(action, name, value)
    if patch.status is not None and patch.status != action.status:
        _step(action, patch.status, patch.at or now, steps, now)
    return moved_on(session, action, now)


def _step(action: Action, status: str, at: datetime, steps: Steps, now: datetime) -> None:
    if status not in steps[action.status]:
        raise Conflict(f"An action that is {action.status} cannot become {status}.", code="invalid_transition")
    if at > now or (action.started_at is not None and at < action.started_at):
        code = "in_future" if at > now else "too_old"
        raise Invalid("That time cannot be.", errors=[FieldError("at", code, "between its beginning and now")])
    action.status = status
    if status == "in_progress":
        action.started_at = at
    elif status == "done":
        action.done_at = at
