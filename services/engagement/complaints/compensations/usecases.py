"""Proposing, deciding, granting and reversing compensations. A complaint is held while one of its own moves."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.complaints import usecases as complaints
from services.engagement.complaints.compensations import repository, rules
from services.engagement.complaints.compensations.schemas import (
    UNBUILT,
    Amount,
    CompensationOut,
    Decision,
    NewCompensation,
)
from services.engagement.complaints.compensations.tables import Compensation
from services.engagement.complaints.policy import usecases as policy
from services.engagement.complaints.schemas import UNDER_WAY
from services.engagement.complaints.steps import usecases as steps
from services.engagement.complaints.steps.schemas import Step
from services.engagement.complaints.tables import Complaint
from services.engagement.tasks import usecases as tasks
from services.engagement.tasks.schemas import Opening
from shared import ownership
from shared.auth.caller import Caller
from shared.db import put
from shared.errors import Conflict, FieldError, Invalid
from shared.ids import new_id
from shared.money import rounded, unit
from shared.settings import Settings
from shared.web.schemas import MoneyOut

POLICY = "policy"  # who decides what needs no approval
PAID_WITHIN = timedelta(days=2)


class Verdict(NamedTuple):
    """Who decided, when, and what they say of it."""

    by: str
    at: datetime
    note: str | None = None


def propose(
    session: Session, settings: Settings, complaint_id: UUID, draft: NewCompensation, *, caller: Caller, now: datetime
) -> Compensation:
    """Propose a compensation; while the complaint stays below the limit of the policy it is granted at once.

    Raises Invalid for a kind that is not there yet or another currency, `invalid_transition` for what has ended.
    """
    complaint = _under_way(session, complaint_id, caller)
    if draft.kind in UNBUILT:
        raise Invalid("It is not available yet.", errors=[FieldError("kind", "not_allowed", "not available yet")])
    _require_payable(draft.amount, settings.base_currency)
    row: dict[str, Any] = {"compensation_id": new_id(), "complaint_id": complaint_id, "kind": draft.kind}
    row |= {"customer_id": complaint.customer_id, "amount": draft.amount.amount, "reason": draft.reason}
    row |= {"status": "proposed", "proposed_by": caller.id, "proposed_at": now, "version": 1, "updated_at": now}
    put(session, Compensation, [row])
    compensation = repository.locked(session, row["compensation_id"])
    limit = policy.current(session).approval_from
    if not rules.needs_approval(draft.amount.amount, complaint.compensation, limit):
        return _grant(session, complaint, compensation, Verdict(POLICY, now))
    values = {"compensation_id": str(compensation.compensation_id)}
    steps.take(session, complaint, Step("propose_compensation", caller.id, now, values=values))
    return compensation


def approve(session: Session, compensation_id: UUID, body: Decision, caller: Caller, now: datetime) -> Compensation:
    """Agree, and grant it. Raises `approval_required` for who proposed it, `invalid_transition` for what has ended."""
    complaint, compensation = _held(session, compensation_id, caller)
    rules.after(compensation.status, "approve")
    rules.require_another(compensation.proposed_by, caller.id)
    _require_under_way(complaint)
    return _grant(session, complaint, compensation, Verdict(caller.id, now, body.note))


def reject(session: Session, compensation_id: UUID, body: Decision, caller: Caller, now: datetime) -> Compensation:
    """Do not agree."""
    complaint, compensation = _held(session, compensation_id, caller)
    status = rules.after(compensation.status, "reject")
    return _decided(session, complaint, compensation, status, Verdict(caller.id, now, body.note))


def reverse(session: Session, compensation_id: UUID, body: Decision, caller: Caller, now: datetime) -> Compensation:
    """Take it back before it is paid. Raises `invalid_transition` once the task to pay it was done."""
    complaint, compensation = _held(session, compensation_id, caller)
    status = rules.after(compensation.status, "reverse")
    if repository.is_paid(session, compensation_id):
        raise Conflict("It was paid already.", code="invalid_transition")
    tasks.end_of_cases(session, {compensation_id: now}, now)
    return _decided(session, complaint, compensation, status, Verdict(caller.id, now, body.note))


def require_decided(session: Session, complaint_id: UUID) -> None:
    """Raise `invalid_transition` while something proposed for a complaint, held locked, waits for a decision."""
    if repository.proposed(session, complaint_id):
        raise Conflict(
            "A compensation is proposed and not decided yet: approve or reject it first.", code="invalid_transition"
        )


def lapse(session: Session, complaint: Complaint, verdict: Verdict) -> None:
    """Let what is only proposed for a complaint, held locked, come to nothing, since its customer took it back.

    What was agreed to is granted with that, and is owed unless somebody reverses it.
    """
    for compensation in repository.proposed(session, complaint.complaint_id):
        _decided(session, complaint, compensation, rules.after(compensation.status, "lapse"), verdict)


def get(session: Session, compensation_id: UUID, caller: Caller) -> Compensation:
    """One compensation, if the caller may see whom it is for."""
    found = repository.get(session, compensation_id)
    ownership.require(session, caller, found.customer_id)
    return found


def out(compensation: Compensation, currency: str) -> CompensationOut:
    """A compensation as it is answered."""
    known = {name: getattr(compensation, name) for name in CompensationOut.model_fields.keys() - {"id", "amount"}}
    amount = MoneyOut.of(compensation.amount, currency)
    return CompensationOut(id=compensation.compensation_id, amount=amount, **known)


def _require_payable(amount: Amount, base: str) -> None:
    if amount.currency != base:
        fault = FieldError("amount.currency", "not_allowed", f"in {base}")
        raise Invalid("Compensations are in base currency.", code="currency_unsupported", errors=[fault])
    if amount.amount != rounded(amount.amount, base):
        fault = FieldError("amount.amount", "not_allowed", f"{base} has no smaller part than {unit(base)}")
        raise Invalid("Nobody can pay that amount.", errors=[fault])


def _held(session: Session, compensation_id: UUID, caller: Caller) -> tuple[Complaint, Compensation]:
    """A compensation and its complaint, the complaint held first as everywhere."""
    complaint = complaints.get(session, repository.get(session, compensation_id).complaint_id, caller, locked=True)
    return complaint, repository.locked(session, compensation_id)


def _under_way(session: Session, complaint_id: UUID, caller: Caller) -> Complaint:
    complaint = complaints.get(session, complaint_id, caller, locked=True)
    _require_under_way(complaint)
    return complaint


def _require_under_way(complaint: Complaint) -> None:
    if complaint.status not in UNDER_WAY:
        raise Conflict(f"A complaint that is {complaint.status} is made good no more.", code="invalid_transition")


def _grant(session: Session, complaint: Complaint, compensation: Compensation, verdict: Verdict) -> Compensation:
    """Open the one task that pays it, whose key is the compensation's own, and count it in the same transaction."""
    opening = Opening(
        customer_id=compensation.customer_id,
        kind="other",
        cause="compensation",
        key=f"compensation:{compensation.compensation_id}",
        due_at=verdict.at + PAID_WITHIN,
        opened_at=verdict.at,
        priority=2,
        facts={"complaint": complaint.number, "kind": compensation.kind, "amount": str(compensation.amount)},
        case_id=compensation.compensation_id,
    )
    compensation.effect_id = tasks.open_all(session, [opening], verdict.at)[opening.key]
    return _decided(session, complaint, compensation, "granted", verdict)


def _decided(
    session: Session, complaint: Complaint, compensation: Compensation, status: str, verdict: Verdict
) -> Compensation:
    compensation.status, compensation.decided_by, compensation.decided_at = status, verdict.by, verdict.at
    compensation.note, compensation.updated_at = verdict.note, verdict.at
    compensation.version += 1
    session.flush()
    complaint.compensation = repository.granted(session, complaint.complaint_id)
    values = {"compensation_id": str(compensation.compensation_id), "status": status}
    steps.take(session, complaint, Step("compensation", verdict.by, verdict.at, values=values))
    return compensation
