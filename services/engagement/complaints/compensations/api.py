"""HTTP: compensations of a complaint, and `/compensations`."""

from uuid import UUID

from services.engagement.complaints.compensations import repository, usecases
from services.engagement.complaints.compensations.schemas import (
    CompensationOut,
    CompensationStatus,
    Decision,
    NewCompensation,
)
from services.engagement.complaints.compensations.tables import Compensation
from shared.web.dependencies import Act, Acting, CurrentCaller, CurrentRuntime, Page, ReadSession
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
def propose_compensation(complaint_id: UUID, body: NewCompensation, act: Act) -> CompensationOut:
    """Propose to make a complaint good; below the limit of the policy it is granted at once."""
    settings = act.runtime.settings
    return _told(act, usecases.propose(act.session, settings, complaint_id, body, caller=act.caller, now=act.now))


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
def approve_compensation(compensation_id: UUID, body: Decision, act: Act) -> CompensationOut:
    """Agree to a proposal and grant it: a refund opens one task. Not by the credential that proposed it."""
    return _told(act, usecases.approve(act.session, compensation_id, body, act.caller, act.now))


@router.post("/{compensation_id}/reject", scope=APPROVE, managers=OWN)
def reject_compensation(compensation_id: UUID, body: Decision, act: Act) -> CompensationOut:
    """Do not agree to a proposal."""
    return _told(act, usecases.reject(act.session, compensation_id, body, act.caller, act.now))


@router.post("/{compensation_id}/reverse", scope=APPROVE, managers=OWN)
def reverse_compensation(compensation_id: UUID, body: Decision, act: Act) -> CompensationOut:
    """Take back what was granted and not paid yet; its task ends."""
    return _told(act, usecases.reverse(act.session, compensation_id, body, act.caller, act.now))


def _told(act: Acting, compensation: Compensation) -> CompensationOut:
    return usecases.out(compensation, act.runtime.settings.base_currency)
