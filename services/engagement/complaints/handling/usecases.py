"""The verbs of a complaint: each is allowed in some states, and tells the clocks what it means for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.complaints import rules
from services.engagement.complaints import usecases as complaints
from services.engagement.complaints.compensations import usecases as compensations
from services.engagement.complaints.compensations.usecases import Verdict
from services.engagement.complaints.policy import usecases as policy
from services.engagement.complaints.schemas import (
    OPEN,
    UNDER_WAY,
    Assignment,
    ComplaintPatch,
    Dispute,
    Ending,
    Merging,
    NewComplaint,
    Reason,
    Resolution,
    Verb,
    Waiting,
)
from services.engagement.complaints.steps import usecases as steps
from services.engagement.complaints.steps.schemas import Step
from services.engagement.complaints.tables import Complaint
from services.engagement.complaints.terms import usecases as terms
from services.engagement.slas.rules import Happening
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from shared import linking
from shared.auth.caller import Caller
from shared.errors import Conflict, FieldError, Invalid
from shared.web.versioned import patched


def edit(
    session: Session, complaint_id: UUID, patch: ComplaintPatch, *, if_match: int, caller: Caller, now: datetime
) -> Complaint:
    """Change what an open complaint is about; another severity or category is another promise, from the opening on."""
    complaint = complaints.get(session, complaint_id, caller, locked=True)
    draft = patched(complaint, NewComplaint, patch, if_match)
    if complaint.status not in OPEN:
        raise Conflict(f"A complaint that is {complaint.status} stays as it was.", code="invalid_transition")
    judged = (draft.severity, draft.category) != (complaint.severity, complaint.category)
    if draft.category != complaint.category:
        terms.require(session, "category", draft.category, "category")
    if draft.order_id != complaint.order_id:
        complaints.require_order(session, draft.order_id, complaint.customer_id)
    for name in ("category", "severity", "order_id", "description"):
        setattr(complaint, name, getattr(draft, name))
    values = {"severity": draft.severity, "category": draft.category}
    if not judged:
        return steps.take(session, complaint, Step("edited", caller.id, now))
    promised = complaints.promise(session, complaint)
    return steps.take(session, complaint, Step("judged", caller.id, now, "retargeted", promised, values))


def archive(session: Session, complaint_id: UUID, caller: Caller, now: datetime) -> None:
    """Take a complaint out of the lists. Raises `invalid_transition` for one that is not ended."""
    complaint = complaints.get(session, complaint_id, caller, locked=True)
    if complaint.status in UNDER_WAY:
        raise Conflict("End it first: close, reject or merge it.", code="invalid_transition")
    if complaint.archived_at is None:
        complaint.archived_at = now
        steps.take(session, complaint, Step("archived", caller.id, now))


def assign(
    session: Session,
    complaint_id: UUID,
    body: Assignment,
    *,
    roster: Roster,
    caller: Caller,
    now: datetime,
) -> Complaint:
    """Give a complaint to somebody; `roster` is what `staff.hear` gave. Raises Invalid for one who is not in use."""
    complaint = _stepping(session, complaint_id, "assign", caller)
    staff.require(roster, owner_id=body.owner_id)
    complaint.owner_id = body.owner_id
    values = {"owner_id": str(body.owner_id)}
    return steps.take(session, complaint, Step("assign", caller.id, now, values=values))


def start(session: Session, complaint_id: UUID, caller: Caller, now: datetime) -> Complaint:
    """Begin to work on it, or go on after waiting."""
    complaint = _stepping(session, complaint_id, "start", caller)
    complaint.waiting_until = None
    return steps.take(session, complaint, Step("start", caller.id, now, "resumed"))


def wait(session: Session, complaint_id: UUID, body: Waiting, caller: Caller, now: datetime) -> Complaint:
    """Wait for the customer; meanwhile the clock of the resolution stands still."""
    if body.until <= now:
        raise Invalid("It lies in the past.", errors=[FieldError("until", "too_old", "later than now")])
    complaint = _stepping(session, complaint_id, "wait", caller)
    complaint.waiting_until = body.until
    return steps.take(session, complaint, Step("wait", caller.id, now, "paused", note=body.reason))


def resolve(session: Session, complaint_id: UUID, body: Resolution, caller: Caller, now: datetime) -> Complaint:
    """Settle it. That is an answer, too."""
    complaint = _stepping(session, complaint_id, "resolve", caller)
    if body.root_cause is not None:
        terms.require(session, "cause", body.root_cause, "root_cause")
    complaint.resolution, complaint.summary = body.resolution, body.summary
    complaint.root_cause = body.root_cause or complaint.root_cause
    complaint.resolved_at, complaint.waiting_until = now, None
    complaint.first_response_at = complaint.first_response_at or now
    values = {"resolution": body.resolution, "root_cause": complaint.root_cause}
    return steps.take(session, complaint, Step("resolve", caller.id, now, "resolved", values=values))


def close(session: Session, complaint_id: UUID, body: Ending, caller: Caller, now: datetime) -> Complaint:
    """End it.

    Raises Invalid without a root cause, `invalid_transition` while an outside body or a compensation is undecided.
    """
    complaint = _stepping(session, complaint_id, "close", caller)
    if rules.is_disputed(complaint):
        raise Conflict("An outside body has it and has not decided yet.", code="invalid_transition")
    compensations.require_decided(session, complaint_id)
    if body.root_cause is not None:
        terms.require(session, "cause", body.root_cause, "root_cause")
    complaint.root_cause = body.root_cause or complaint.root_cause
    if complaint.root_cause is None:
        fault = FieldError("root_cause", "required", f"say what caused it, or `{terms.UNKNOWN}`")
        raise Invalid("It cannot be closed without a root cause.", errors=[fault])
    complaint.closed_at = now
    values = {"root_cause": complaint.root_cause}
    return steps.take(session, complaint, Step("close", caller.id, now, "stopped", values=values))


def reopen(session: Session, complaint_id: UUID, body: Reason, caller: Caller, now: datetime) -> Complaint:
    """Take it up again, with a new clock for its resolution; one that was archived is in the lists again."""
    complaint = _stepping(session, complaint_id, "reopen", caller)
    days = policy.current(session).reopen_days
    rules.require_reopenable(complaint.closed_at or complaint.resolved_at, days, now)
    complaint.resolved_at = complaint.closed_at = complaint.archived_at = None
    complaint.reopen_count += 1
    return steps.take(session, complaint, Step("reopen", caller.id, now, "reopened", note=body.reason))


def reject(session: Session, complaint_id: UUID, body: Reason, caller: Caller, now: datetime) -> Complaint:
    """Say that it is no complaint. Raises `invalid_transition` while a compensation is undecided."""
    complaint = _stepping(session, complaint_id, "reject", caller)
    compensations.require_decided(session, complaint_id)
    return _end(session, complaint, "reject", caller, now, note=body.reason)


def withdraw(session: Session, complaint_id: UUID, body: Reason, caller: Caller, now: datetime) -> Complaint:
    """Take it back, as the customer wishes, whatever staff proposed meanwhile: what is undecided lapses."""
    complaint = _stepping(session, complaint_id, "withdraw", caller)
    _end(session, complaint, "withdraw", caller, now, note=body.reason)
    compensations.lapse(session, complaint, Verdict(caller.id, now, body.reason))
    return complaint


def combine(session: Session, complaint_id: UUID, body: Merging, caller: Caller, now: datetime) -> Complaint:
    """Let another complaint of the same person go on instead.

    Raises `not_eligible` for one that cannot, `invalid_transition` while a compensation is undecided.
    """
    complaints.lock(session, {complaint_id, body.into})
    complaint = _stepping(session, complaint_id, "merge", caller)
    compensations.require_decided(session, complaint_id)
    into = complaints.get(session, body.into, caller)
    if unfit := _unfit(session, complaint, into):
        fault = FieldError("into", "not_allowed", unfit)
        raise Invalid("It cannot go on instead.", code="not_eligible", errors=[fault])
    complaint.merged_into = into.complaint_id
    steps.take(session, into, Step("absorb", caller.id, now, values={"merged": complaint.number}))
    return _end(session, complaint, "merge", caller, now, values={"into": into.number})


def dispute(session: Session, complaint_id: UUID, body: Dispute, caller: Caller, now: datetime) -> Complaint:
    """Say which outside body has it, which brings it back into the lists, and what it decided.

    Raises `invalid_transition` for what goes on elsewhere.
    """
    complaint = complaints.get(session, complaint_id, caller, locked=True)
    if complaint.status in rules.ELSEWHERE:
        raise Conflict(f"A complaint that is {complaint.status} has no dispute.", code="invalid_transition")
    signal = rules.heard(complaint, body)
    complaint.dispute_body, complaint.dispute_reference = body.body, body.reference
    complaint.dispute_deadline, complaint.dispute_outcome = body.deadline, body.outcome
    if rules.is_disputed(complaint):
        complaint.archived_at = None
    deadline = body.deadline and body.deadline.isoformat()
    values = {"body": body.body, "outcome": body.outcome, "deadline": deadline}
    told = Step("dispute", caller.id, now, signal, values=values, deadline=body.deadline)
    return steps.take(session, complaint, told)


def _stepping(session: Session, complaint_id: UUID, verb: Verb, caller: Caller) -> Complaint:
    complaint = complaints.get(session, complaint_id, caller, locked=True)
    complaint.status = rules.after(complaint.status, verb)  # type: ignore[arg-type]
    return complaint


def _end(
    session: Session,
    complaint: Complaint,
    verb: Verb,
    caller: Caller,
    now: datetime,
    *,
    note: str | None = None,
    values: dict[str, Any] | None = None,
) -> Complaint:
    complaint.closed_at, complaint.waiting_until = now, None
    signal: Happening = "dropped" if complaint.status in rules.ELSEWHERE else "stopped"
    return steps.take(session, complaint, Step(verb, caller.id, now, signal, values=values or {}, note=note))


def _unfit(session: Session, complaint: Complaint, into: Complaint) -> str | None:
    if into.complaint_id == complaint.complaint_id:
        return "it is the same complaint"
    if into.status not in OPEN:
        return f"it is {into.status}"
    people = linking.canonical(session, [complaint.customer_id, into.customer_id])
    return None if len(set(people.values())) == 1 else "it is another customer's"
