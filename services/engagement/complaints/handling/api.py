"""HTTP: changing complaints, and their verbs."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.complaints import usecases as complaints
from services.engagement.complaints.handling import usecases
from services.engagement.complaints.schemas import (
    Assignment,
    ComplaintDetail,
    ComplaintPatch,
    Dispute,
    Ending,
    Merging,
    Reason,
    Resolution,
    Waiting,
)
from services.engagement.complaints.tables import Complaint
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from shared.web.dependencies import Act, Acting, CurrentRuntime, IfMatch, Now
from shared.web.routing import OWN, Router

router = Router("/complaints/{complaint_id}", tag="Complaints")
WRITE = "engagement:write"


def _given(body: Assignment, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [body.owner_id])


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Given = Annotated[Roster, Depends(_given)]


@router.patch("", scope=WRITE, managers=OWN)
def edit_complaint(complaint_id: UUID, body: ComplaintPatch, if_match: IfMatch, act: Act) -> ComplaintDetail:
    """Change an open complaint (JSON Merge Patch); severity and category set its clocks anew from the opening."""
    return _told(act, usecases.edit(act.session, complaint_id, body, if_match=if_match, caller=act.caller, now=act.now))


@router.delete("", scope=WRITE, managers=OWN)
def archive_complaint(complaint_id: UUID, act: Act) -> None:
    """Take a complaint that ended out of the lists; it stays readable."""
    usecases.archive(act.session, complaint_id, act.caller, act.now)


@router.post("/assign", scope=WRITE, managers=OWN)
def assign_complaint(complaint_id: UUID, body: Assignment, roster: Given, act: Act) -> ComplaintDetail:
    """Give it to a manager in use; a new one is assigned with that."""
    return _told(act, usecases.assign(act.session, complaint_id, body, roster=roster, caller=act.caller, now=act.now))


@router.post("/start", scope=WRITE, managers=OWN)
def start_complaint(complaint_id: UUID, act: Act) -> ComplaintDetail:
    """Begin to work on it, or go on after waiting."""
    return _told(act, usecases.start(act.session, complaint_id, act.caller, act.now))


@router.post("/wait", scope=WRITE, managers=OWN)
def wait_complaint(complaint_id: UUID, body: Waiting, act: Act) -> ComplaintDetail:
    """Wait for the customer; meanwhile the clock of the resolution stands still. Their word ends it."""
    return _told(act, usecases.wait(act.session, complaint_id, body, act.caller, act.now))


@router.post("/resolve", scope=WRITE, managers=OWN)
def resolve_complaint(complaint_id: UUID, body: Resolution, act: Act) -> ComplaintDetail:
    """Settle it, and say how. That meets every clock that still runs."""
    return _told(act, usecases.resolve(act.session, complaint_id, body, act.caller, act.now))


@router.post("/close", scope=WRITE, managers=OWN)
def close_complaint(complaint_id: UUID, body: Ending, act: Act) -> ComplaintDetail:
    """End it. It needs a root cause by now; no outside body and no proposed compensation may still be undecided."""
    return _told(act, usecases.close(act.session, complaint_id, body, act.caller, act.now))


@router.post("/reopen", scope=WRITE, managers=OWN)
def reopen_complaint(complaint_id: UUID, body: Reason, act: Act) -> ComplaintDetail:
    """Take it up again, with a new clock for its resolution."""
    return _told(act, usecases.reopen(act.session, complaint_id, body, act.caller, act.now))


@router.post("/reject", scope=WRITE, managers=OWN)
def reject_complaint(complaint_id: UUID, body: Reason, act: Act) -> ComplaintDetail:
    """Say that it is no complaint. No proposed compensation may still be undecided."""
    return _told(act, usecases.reject(act.session, complaint_id, body, act.caller, act.now))


@router.post("/withdraw", scope=WRITE, member=OWN, managers=OWN)
def withdraw_complaint(complaint_id: UUID, body: Reason, act: Act) -> ComplaintDetail:
    """Take it back, as the customer wishes. What was only proposed to make it good lapses; what was granted stays."""
    return _told(act, usecases.withdraw(act.session, complaint_id, body, act.caller, act.now))


@router.post("/merge", scope=WRITE, managers=OWN)
def merge_complaint(complaint_id: UUID, body: Merging, act: Act) -> ComplaintDetail:
    """Let another open complaint of the same customer go on instead, once its compensations are decided."""
    return _told(act, usecases.combine(act.session, complaint_id, body, act.caller, act.now))


@router.put("/dispute", scope=WRITE, managers=OWN)
def put_dispute(complaint_id: UUID, body: Dispute, act: Act) -> ComplaintDetail:
    """Say which outside body has it, by when it decides, and what it decided."""
    return _told(act, usecases.dispute(act.session, complaint_id, body, act.caller, act.now))


def _told(act: Acting, complaint: Complaint) -> ComplaintDetail:
    return complaints.detail(act.session, complaint, act.runtime.settings.base_currency, act.caller)
