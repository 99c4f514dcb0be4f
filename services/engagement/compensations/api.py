"""HTTP: compensations of a complaint, and `/compensations`."""

from uuid import UUID

from services.engagement.compensations import repository, usecases
from services.engagement.compensations.schemas import CompensationOut, CompensationStatus, Decision, NewCompensation
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, REQUIRED, Router
from shared.web.schemas import Listing, Many

of_complaints = Router("/complaints/{complaint_id}/compensations", tag="Compensations")
router = Router("/compensations", tag="Compensations")
READ, APPROVE = "engagement:read", "engagement:approve"


@of_complaints.post(
    "",
    scope="engagement:write",
    managers=OWN,
    idempotency=REQUIRED,
    status_code=201,
    location="/compensations/{id}",
)
def propose_compensation(
    complaint_id: UUID,
    body: NewCompensation,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> CompensationOut:
    """Propose to make a complaint good; below the limit of the policy it is granted at once."""
    made = usecases.propose(session, runtime.settings, complaint_id, body, caller=caller, now=now)
    return usecases.out(made, runtime.settings.base_currency)


@router.get("", scope=READ, managers=OWN)
def list_compensations(
    session: ReadSession,
    runtime: CurrentRuntime,
    page: Page,
    caller: CurrentCaller,
    *,
    status: Many[CompensationStatus] | None = None,
    complaint_id: UUID | None = None,
) -> Listing[CompensationOut]:
    """Compensations, newest first; `status=proposed` are those that wait for approval."""
    found = repository.listed(session, page, caller, status=status, complaint_id=complaint_id)
    shown = [usecases.out(one, runtime.settings.base_currency) for one in found.items]
    return Listing(items=shown, next_cursor=found.next_cursor)


@router.get("/{compensation_id}", scope=READ, managers=OWN)
def read_compensation(
    compensation_id: UUID, session: ReadSession, runtime: CurrentRuntime, caller: CurrentCaller
) -> CompensationOut:
    """One compensation."""
    return usecases.out(usecases.get(session, compensation_id, caller), runtime.settings.base_currency)


@router.post("/{compensation_id}/approve", scope=APPROVE, managers=OWN)
def approve_compensation(
    compensation_id: UUID,
    body: Decision,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> CompensationOut:
    """Agree to a proposal and grant it: a refund opens one task. Not by the credential that proposed it."""
    decided = usecases.approve(session, compensation_id, body, caller, now)
    return usecases.out(decided, runtime.settings.base_currency)


@router.post("/{compensation_id}/reject", scope=APPROVE, managers=OWN)
def reject_compensation(
    compensation_id: UUID,
    body: Decision,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> CompensationOut:
    """Do not agree to a proposal."""
    decided = usecases.reject(session, compensation_id, body, caller, now)
    return usecases.out(decided, runtime.settings.base_currency)


@router.post("/{compensation_id}/reverse", scope=APPROVE, managers=OWN)
def reverse_compensation(
    compensation_id: UUID,
    body: Decision,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> CompensationOut:
    """Take back what was granted and not paid yet; its task ends."""
    decided = usecases.reverse(session, compensation_id, body, caller, now)
    return usecases.out(decided, runtime.settings.base_currency)
