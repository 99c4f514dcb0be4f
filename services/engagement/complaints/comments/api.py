"""HTTP: `/complaints/{complaint_id}/comments`."""

from uuid import UUID

from services.engagement.complaints.comments import usecases
from services.engagement.complaints.comments.schemas import CommentOut, CommentPatch, NewComment
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing

router = Router("/complaints/{complaint_id}/comments", tag="Complaint comments")
READ, WRITE = "engagement:read", "engagement:write"


@router.get("", scope=READ, member=OWN, managers=OWN)
def list_comments(complaint_id: UUID, session: ReadSession, caller: CurrentCaller, page: Page) -> Listing[CommentOut]:
    """What was said about a complaint, in order. Customers see what is public."""
    found = usecases.listed(session, complaint_id, caller, page)
    return Listing(items=[usecases.out(one, caller) for one in found.items], next_cursor=found.next_cursor)


@router.post(
    "",
    scope=WRITE,
    member=OWN,
    managers=OWN,
    status_code=201,
    location="/complaints/{complaint_id}/comments/{id}",
)
def add_comment(
    complaint_id: UUID, body: NewComment, session: WriteSession, caller: CurrentCaller, now: Now
) -> CommentOut:
    """Say something. Staff's public words answer the customer; the customer's start to wait for an answer.

    What is said of a complaint that was merged is said of the one that goes on.
    """
    return usecases.out(usecases.add(session, complaint_id, body, caller, now), caller)


@router.get("/{comment_id}", scope=READ, member=OWN, managers=OWN)
def read_comment(complaint_id: UUID, comment_id: UUID, session: ReadSession, caller: CurrentCaller) -> CommentOut:
    """One comment."""
    return usecases.out(usecases.get(session, complaint_id, comment_id, caller), caller)


@router.patch("/{comment_id}", scope=WRITE, managers=OWN)
def edit_comment(
    complaint_id: UUID,
    comment_id: UUID,
    body: CommentPatch,
    *,
    session: WriteSession,
    if_match: IfMatch,
    caller: CurrentCaller,
    now: Now,
) -> CommentOut:
    """Put it in other words (JSON Merge Patch); staff only."""
    changed = usecases.edit(session, complaint_id, comment_id, body, if_match=if_match, caller=caller, now=now)
    return usecases.out(changed, caller)


@router.delete("/{comment_id}", scope=WRITE, managers=OWN)
def archive_comment(
    complaint_id: UUID, comment_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now
) -> None:
    """Show it no more. That an answer was given stays."""
    usecases.archive(session, complaint_id, comment_id, caller, now)
