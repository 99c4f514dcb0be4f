"""HTTP: changing complaints, and their verbs."""

from uuid import UUID

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
from shared.web.dependencies import CurrentCaller, CurrentRuntime, IfMatch, Now, WriteSession
from shared.web.routing import OWN, Router

router = Router("/complaints/{complaint_id}", tag="Complaints")
WRITE = "engagement:write"


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
def assign_complaint(
    complaint_id: UUID,
    body: Assignment,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Give it to somebody; a new one is assigned with that."""
    changed = usecases.assign(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/start", scope=WRITE, managers=OWN)
def start_complaint(
    complaint_id: UUID,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Begin to work on it, or go on after waiting."""
    changed = usecases.start(session, complaint_id, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/wait", scope=WRITE, managers=OWN)
def wait_complaint(
    complaint_id: UUID,
    body: Waiting,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Wait for the customer; meanwhile the clock of the resolution stands still. Their word ends it."""
    changed = usecases.wait(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/resolve", scope=WRITE, managers=OWN)
def resolve_complaint(
    complaint_id: UUID,
    body: Resolution,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Settle it, and say how. That meets every clock that still runs."""
    changed = usecases.resolve(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/close", scope=WRITE, managers=OWN)
def close_complaint(
    complaint_id: UUID,
    body: Ending,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """End it. It needs a root cause by now, and no outside body may still have to decide."""
    changed = usecases.close(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/reopen", scope=WRITE, managers=OWN)
def reopen_complaint(
    complaint_id: UUID,
    body: Reason,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Take it up again, with a new clock for its resolution."""
    changed = usecases.reopen(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/reject", scope=WRITE, managers=OWN)
def reject_complaint(
    complaint_id: UUID,
    body: Reason,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Say that it is no complaint."""
    changed = usecases.reject(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/withdraw", scope=WRITE, member=OWN, managers=OWN)
def withdraw_complaint(
    complaint_id: UUID,
    body: Reason,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Take it back, as the customer wishes."""
    changed = usecases.withdraw(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.post("/merge", scope=WRITE, managers=OWN)
def merge_complaint(
    complaint_id: UUID,
    body: Merging,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Let another open complaint of the same customer go on instead."""
    changed = usecases.combine(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)


@router.put("/dispute", scope=WRITE, managers=OWN)
def put_dispute(
    complaint_id: UUID,
    body: Dispute,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Say which outside body has it, by when it decides, and what it decided."""
    changed = usecases.dispute(session, complaint_id, body, caller, now)
    return complaints.detail(session, changed, runtime.settings.base_currency, caller)
