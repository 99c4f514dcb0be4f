"""HTTP: whom a survey invited."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.invitations import repository, usecases
from services.engagement.surveys.invitations.schemas import InvitationOut, InvitationStatus, Invited, Invitees
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, REQUIRED, Router
from shared.web.schemas import Listing, Many

router = Router("/surveys/{survey_id}/invitations", tag="Survey invitations")


def _heard(body: Invitees, runtime: CurrentRuntime) -> Answer:
    return audiences.hear(runtime.settings, dict(body.audience or ()))


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Heard = Annotated[Answer, Depends(_heard)]


@router.get("", scope="engagement:read", managers=OWN)
def list_invitations(
    survey_id: UUID,
    session: ReadSession,
    page: Page,
    caller: CurrentCaller,
    status: Many[InvitationStatus] | None = None,
) -> Listing[InvitationOut]:
    """Whom a survey invited or will, and what became of it, the latest first."""
    surveys.get(session, survey_id)
    return repository.listed(session, survey_id, page, status, caller)  # type: ignore[return-value]


@router.post("", scope="engagement:send", idempotency=REQUIRED, status_code=202)
def invite(
    survey_id: UUID,
    body: Invitees,
    heard: Heard,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    now: Now,
    response: Response,
) -> Invited:
    """Invite customers now, named ones at once, an audience by a job. Cool-down and consent are heeded as ever."""
    audiences.require(heard)
    invited = usecases.invite(session, runtime.service, survey_id, body, now)
    if invited.job_id:
        response.headers["Location"] = f"/v1/jobs/{invited.job_id}"
    return invited
