"""HTTP: `/tasks/{task_id}/comments`."""

from uuid import UUID

from services.engagement.tasks.comments import usecases
from services.engagement.tasks.comments.schemas import NewTaskComment, TaskCommentOut, TaskCommentPatch
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing

router = Router("/tasks/{task_id}/comments", tag="Task comments")
READ, WRITE = "engagement:read", "engagement:write"


@router.get("", scope=READ, managers=OWN)
def list_task_comments(
    task_id: UUID, session: ReadSession, caller: CurrentCaller, page: Page
) -> Listing[TaskCommentOut]:
    """What staff said to each other about a task, in order."""
    found = usecases.listed(session, task_id, caller, page)
    return Listing(items=[usecases.out(one, caller) for one in found.items], next_cursor=found.next_cursor)


@router.post("", scope=WRITE, managers=OWN, status_code=201, location="/tasks/{task_id}/comments/{id}")
def add_task_comment(
    task_id: UUID, body: NewTaskComment, session: WriteSession, caller: CurrentCaller, now: Now
) -> TaskCommentOut:
    """Say something to whoever works on a task; no customer sees it."""
    return usecases.out(usecases.add(session, task_id, body, caller, now), caller)


@router.get("/{comment_id}", scope=READ, managers=OWN)
def read_task_comment(task_id: UUID, comment_id: UUID, session: ReadSession, caller: CurrentCaller) -> TaskCommentOut:
    """One comment."""
    return usecases.out(usecases.get(session, task_id, comment_id, caller), caller)


@router.patch("/{comment_id}", scope=WRITE, managers=OWN)
def edit_task_comment(
    task_id: UUID,
    comment_id: UUID,
    body: TaskCommentPatch,
    *,
    session: WriteSession,
    if_match: IfMatch,
    caller: CurrentCaller,
    now: Now,
) -> TaskCommentOut:
    """Put it in other words (JSON Merge Patch)."""
    changed = usecases.edit(session, task_id, comment_id, body, if_match=if_match, caller=caller, now=now)
    return usecases.out(changed, caller)


@router.delete("/{comment_id}", scope=WRITE, managers=OWN)
def archive_task_comment(
    task_id: UUID, comment_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now
) -> None:
    """Show it no more."""
    usecases.archive(session, task_id, comment_id, caller, now)
