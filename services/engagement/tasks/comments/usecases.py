"""Saying something about a task, also about one that ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.engagement.tasks import repository as tasks
from services.engagement.tasks.comments.schemas import NewTaskComment, TaskCommentOut, TaskCommentPatch
from services.engagement.tasks.comments.tables import TaskComment
from shared.auth.caller import Caller
from shared.db import put
from shared.errors import NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

PII = "profile:pii"
SORTS = {"created_at": (TaskComment.created_at, TaskComment.comment_id)}


def listed(session: Session, task_id: UUID, caller: Caller, page: PageRequest) -> Listing[TaskComment]:
    """What was said about a task that the caller may see, in order."""
    tasks.get(session, task_id, caller)
    return paginate(session, _shown(task_id), page, SORTS, default="created_at")


def add(session: Session, task_id: UUID, draft: NewTaskComment, caller: Caller, now: datetime) -> TaskComment:
    """Say something. Raises NotFound for a task that the caller may not see."""
    task = tasks.get(session, task_id, caller).task
    row = {"comment_id": new_id(), "task_id": task_id, "customer_id": task.customer_id, "author": caller.id}
    put(session, TaskComment, [row | {"text": draft.text, **stamps(now)}])
    return session.get_one(TaskComment, row["comment_id"])


def get(session: Session, task_id: UUID, comment_id: UUID, caller: Caller, *, locked: bool = False) -> TaskComment:
    """One comment; raises NotFound."""
    tasks.get(session, task_id, caller)
    wanted = _shown(task_id).where(TaskComment.comment_id == comment_id)
    found = session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()
    if found is None:
        raise NotFound("There is no such comment, or it is not yours.")
    return found


def edit(
    session: Session,
    task_id: UUID,
    comment_id: UUID,
    patch: TaskCommentPatch,
    *,
    if_match: int,
    caller: Caller,
    now: datetime,
) -> TaskComment:
    """Put it in other words. When it was said stays."""
    comment = get(session, task_id, comment_id, caller, locked=True)
    return moved_on(session, comment, now, text=patched(comment, NewTaskComment, patch, if_match).text)


def archive(session: Session, task_id: UUID, comment_id: UUID, caller: Caller, now: datetime) -> None:
    """Show it no more."""
    archived(session, get(session, task_id, comment_id, caller, locked=True), now)


def out(comment: TaskComment, caller: Caller) -> TaskCommentOut:
    """A comment as this caller may see it."""
    shown = TaskCommentOut.model_validate(comment)
    return shown if caller.may(PII) else shown.model_copy(update={"text": None})


def _shown(task_id: UUID) -> Select[TaskComment]:
    return select(TaskComment).where(TaskComment.task_id == task_id, TaskComment.archived_at.is_(None))
