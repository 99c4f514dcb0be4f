"""Handovers over HTTP."""

from services.profile.assignments.handovers import usecases
from services.profile.assignments.handovers.schemas import NewHandover
from shared.jobs import Job
from shared.web.dependencies import CurrentRuntime, Now, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import REQUIRED, Router

router = Router("/handovers", tag="Handovers")


@router.post(
    "", scope="profile:write", idempotency=REQUIRED, status_code=202, location="/jobs/{id}", response_model=JobOut
)
def start_handover(body: NewHandover, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Give customers of one manager to another, as a job; each changes hands at one instant, without a gap.

    Rules go on to decide about those that are not pinned: with `pinned` true it lasts, whatever a rule says. To who is
    away it is refused, unless the caller says `although_absent`.
    """
    return usecases.start(session, runtime.service, body, now)
