"""Saying something about a complaint, and what it means for its clocks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.engagement.complaints import usecases as complaints
from services.engagement.complaints.comments.schemas import CommentOut, CommentPatch, NewComment, Speaker
from services.engagement.complaints.comments.tables import ComplaintComment
from services.engagement.complaints.schemas import UNDER_WAY
from services.engagement.complaints.steps import usecases as steps
from services.engagement.complaints.steps.schemas import Step
from services.engagement.complaints.tables import Complaint
from services.engagement.slas import usecases as slas
from shared.auth.caller import Caller
from shared.db import put
from shared.errors import FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

SORTS = {"created_at": (ComplaintComment.created_at, ComplaintComment.comment_id)}


def listed(session: Session, complaint_id: UUID, caller: Caller, page: PageRequest) -> Listing[ComplaintComment]:
    """What was said, in order, as far as the caller may see."""
    complaints.get(session, complaint_id, caller)
    return paginate(session, _visible(complaint_id, caller), page, SORTS, default="created_at")


def add(session: Session, complaint_id: UUID, draft: NewComment, caller: Caller, now: datetime) -> ComplaintComment:
    """Say something; of a complaint that goes on as another it is said of that one."""
    complaint = _going_on(session, complaint_id, caller)
    said_by = _speaker(draft, caller)
    row: dict[str, Any] = {
        "comment_id": new_id(),
        "complaint_id": complaint.complaint_id,
        "customer_id": complaint.customer_id,
    }
    row |= {"visibility": draft.visibility, "said_by": said_by, "text": draft.text, "author": caller.id, **stamps(now)}
    put(session, ComplaintComment, [row])
    if draft.visibility == "public":
        (_asked if said_by == "customer" else _answered)(session, complaint, caller, now)
    return session.get_one(ComplaintComment, row["comment_id"])


def get(
    session: Session, complaint_id: UUID, comment_id: UUID, caller: Caller, *, locked: bool = False
) -> ComplaintComment:
    """One comment that the caller may see."""
    complaints.get(session, complaint_id, caller)
    wanted = _visible(complaint_id, caller).where(ComplaintComment.comment_id == comment_id)
    found = session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()
    if found is None:
        raise NotFound("There is no such comment, or it is not yours.")
    return found


def edit(
    session: Session,
    complaint_id: UUID,
    comment_id: UUID,
    patch: CommentPatch,
    *,
    if_match: int,
    caller: Caller,
    now: datetime,
) -> ComplaintComment:
    """Put it in other words. When it was said stays."""
    comment = get(session, complaint_id, comment_id, caller, locked=True)
    return moved_on(session, comment, now, text=patched(comment, NewComment, patch, if_match).text)


def archive(session: Session, complaint_id: UUID, comment_id: UUID, caller: Caller, now: datetime) -> None:
    """Show it no more. That an answer was given stays."""
    archived(session, get(session, complaint_id, comment_id, caller, locked=True), now)


def out(comment: ComplaintComment, caller: Caller) -> CommentOut:
    """A comment as it is answered."""
    shown = CommentOut.model_validate(comment)
    return shown.model_copy(update={"author": None}) if caller.kind == "member" else shown


def _visible(complaint_id: UUID, caller: Caller) -> Select[ComplaintComment]:
    wanted = select(ComplaintComment).where(
        ComplaintComment.complaint_id == complaint_id, ComplaintComment.archived_at.is_(None)
    )
    return wanted.where(ComplaintComment.visibility == "public") if caller.kind == "member" else wanted


def _speaker(draft: NewComment, caller: Caller) -> Speaker:
    if caller.kind == "member":
        if draft.visibility == "internal" or draft.said_by == "staff":
            fault = FieldError("visibility", "not_allowed", "customers speak for themselves, and not in secret")
            raise Invalid("Customers cannot say that.", errors=[fault])
        return "customer"
    return draft.said_by or "staff"


def _going_on(session: Session, complaint_id: UUID, caller: Caller) -> Complaint:
    complaint = complaints.get(session, complaint_id, caller, locked=True)
    while complaint.merged_into is not None:
        complaint = complaints.get(session, complaint.merged_into, caller, locked=True)
    return complaint


def _answered(session: Session, complaint: Complaint, caller: Caller, now: datetime) -> None:
    if complaint.status in UNDER_WAY:
        complaint.first_response_at = complaint.first_response_at or now
        steps.take(session, complaint, Step("answered", caller.id, now, "answered"))


def _asked(session: Session, complaint: Complaint, caller: Caller, now: datetime) -> None:
    """The customer waits for an answer; and who waited for the customer waits no more."""
    if complaint.status not in UNDER_WAY:  # it is kept, but nobody promised an answer to it
        return
    if complaint.status == "waiting_customer":
        complaint.status, complaint.waiting_until = "in_progress", None
        slas.note(session, {complaint.complaint_id: now}, "resumed")
    steps.take(session, complaint, Step("asked", caller.id, now, "asked"))
