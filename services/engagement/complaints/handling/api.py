"""HTTP: changing complaints, and their verbs."""

from dataclasses import dataclass
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
from shared.web.dependencies import CurrentCaller, CurrentRuntime, IfMatch, Now, WriteSession
from shared.web.routing import OWN, Router

router = Router("/complaints/{complaint_id}", tag="Complaints")
WRITE = "engagement:write"


@dataclass(frozen=True)
class Acting:
    """Who does something to a complaint, when, and in which transaction."""

    session: WriteSession
    runtime: CurrentRuntime
    caller: CurrentCaller
    now: Now

    def told(self, complaint: Complaint) -> ComplaintDetail:
        """The complaint as it is answered."""
        return complaints.detail(self.session, complaint, self.runtime.settings.base_currency, self.caller)


Act = Annotated[Acting, Depends()]


@router.patch("", scope=WRITE, managers=OWN)
def edit_complaint(
    complaint_id: UUID,
    body: ComplaintPatch,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    if_match: IfMatch,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Change an open complaint (JSON Merge Patch); severity and category set its clocks anew from the opening."""
    changed = usecases.edit(session, complaint_id, body, if_match=if_match, caller=caller, now=now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.delete("", scope=WRITE, managers=OWN)
def archive_complaint(complaint_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> None:
    """Take a complaint that ended out of the lists; it stays readable."""
    usecases.archive(session, complaint_id, caller, now)


@router.post("/assign", scope=WRITE, managers=OWN)
def assign_complaint(complaint_id: UUID, body: Assignment, act: Act) -> ComplaintDetail:
    """Give it to somebody; a new one is assigned with that."""
    return act.told(usecases.assign(act.session, complaint_id, body, act.caller, act.now))


@router.post("/start", scope=WRITE, managers=OWN)
def start_complaint(complaint_id: UUID, act: Act) -> ComplaintDetail:
    """Begin to work on it, or go on after waiting."""
    return act.told(usecases.start(act.session, complaint_id, act.caller, act.now))


@router.post("/wait", scope=WRITE, managers=OWN)
def wait_complaint(complaint_id: UUID, body: Waiting, act: Act) -> ComplaintDetail:
    """Wait for the customer; meanwhile the clock of the resolution stands still. Their word ends it."""
    return act.told(usecases.wait(act.session, complaint_id, body, act.caller, act.now))


@router.post("/resolve", scope=WRITE, managers=OWN)
def resolve_complaint(complaint_id: UUID, body: Resolution, act: Act) -> ComplaintDetail:
    """Settle it, and say how. That meets every clock that still runs."""
    return act.told(usecases.resolve(act.session, complaint_id, body, act.caller, act.now))


@router.post("/close", scope=WRITE, managers=OWN)
def close_complaint(complaint_id: UUID, body: Ending, act: Act) -> ComplaintDetail:
    """End it. It needs a root cause by now, and no outside body may still have to decide."""
    return act.told(usecases.close(act.session, complaint_id, body, act.caller, act.now))


@router.post("/reopen", scope=WRITE, managers=OWN)
def reopen_complaint(complaint_id: UUID, body: Reason, act: Act) -> ComplaintDetail:
    """Take it up again, with a new clock for its resolution."""
    return act.told(usecases.reopen(act.session, complaint_id, body, act.caller, act.now))


@router.post("/reject", scope=WRITE, managers=OWN)
def reject_complaint(complaint_id: UUID, body: Reason, act: Act) -> ComplaintDetail:
    """Say that it is no complaint."""
    return act.told(usecases.reject(act.session, complaint_id, body, act.caller, act.now))


@router.post("/withdraw", scope=WRITE, member=OWN, managers=OWN)
def withdraw_complaint(complaint_id: UUID, body: Reason, act: Act) -> ComplaintDetail:
    """Take it back, as the customer wishes."""
    return act.told(usecases.withdraw(act.session, complaint_id, body, act.caller, act.now))


@router.post("/merge", scope=WRITE, managers=OWN)
def merge_complaint(complaint_id: UUID, body: Merging, act: Act) -> ComplaintDetail:
    """Let another open complaint of the same customer go on instead."""
    return act.told(usecases.combine(act.session, complaint_id, body, act.caller, act.now))


@router.put("/dispute", scope=WRITE, managers=OWN)
def put_dispute(complaint_id: UUID, body: Dispute, act: Act) -> ComplaintDetail:
    """Say which outside body has it, by when it decides, and what it decided."""
    return act.told(usecases.dispute(act.session, complaint_id, body, act.caller, act.now))
