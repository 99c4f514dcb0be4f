"""Keeping the outcomes that tasks may come to."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.task_outcomes.schemas import NewOutcome, OutcomePatch
from services.engagement.task_outcomes.tables import TaskOutcome
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

SORTS = {"code": (TaskOutcome.code,)}
IN_USE = TaskOutcome.archived_at.is_(None)


def listed(session: Session, page: PageRequest) -> Listing[TaskOutcome]:
    """Outcomes that may be chosen, by code."""
    return paginate(session, select(TaskOutcome).where(IN_USE), page, SORTS, default="code")


def create(session: Session, draft: NewOutcome, now: datetime) -> TaskOutcome:
    """Store an outcome. Raises `already_exists` for a code that is or was in use."""
    row = draft.model_dump() | {"outcome_id": new_id(), **stamps(now)}
    if not put(session, TaskOutcome, [row], on_conflict=NOTHING, key=["code"], returning=["outcome_id"]):
        raise Conflict("There is or was an outcome of that code.", code="already_exists")
    return session.get_one(TaskOutcome, row["outcome_id"])


def get(session: Session, outcome_id: UUID, *, locked: bool = False) -> TaskOutcome:
    """One outcome, archived or not."""
    if (found := session.get(TaskOutcome, outcome_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such outcome.")
    return found


def edit(session: Session, outcome_id: UUID, patch: OutcomePatch, if_match: int, now: datetime) -> TaskOutcome:
    """Change an outcome; tasks that came to it stay as they are."""
    outcome = get(session, outcome_id, locked=True)
    return moved_on(session, outcome, now, **patched(outcome, NewOutcome, patch, if_match).model_dump())


def archive(session: Session, outcome_id: UUID, now: datetime) -> None:
    """Let nobody choose an outcome any more; it stays readable."""
    archived(session, get(session, outcome_id, locked=True), now)


def chosen(session: Session, code: str, kind: str) -> TaskOutcome:
    """The outcome of a code for a task of a kind. Raises Invalid for one that may not be chosen."""
    found = session.scalars(select(TaskOutcome).where(TaskOutcome.code == code, IN_USE)).one_or_none()
    if found is None:
        fault = FieldError("outcome", "reference_not_found", "GET /v1/task-outcomes lists those there are")
        raise Invalid("There is no such outcome.", errors=[fault])
    if found.kinds and kind not in found.kinds:
        fault = FieldError("outcome", "not_allowed", f"a task of kind {kind} does not come to it")
        raise Invalid("The outcome is of other tasks.", errors=[fault])
    return found


def ensure(session: Session, drafts: Sequence[NewOutcome], now: datetime) -> None:
    """Add outcomes whose code was never in use."""
    known = set(session.scalars(select(TaskOutcome.code)))
    for draft in drafts:
        if draft.code not in known:
            create(session, draft, now)
