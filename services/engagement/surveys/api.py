"""HTTP: `/surveys`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer
from services.engagement.surveys import repository, usecases
from services.engagement.surveys.schemas import LinkOut, NewSurvey, Status, SurveyOut, SurveyPatch, SurveyVersionOut
from services.engagement.surveys.tables import Survey
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing, Many

router = Router("/surveys", tag="Surveys")


def _drafted(body: NewSurvey, runtime: CurrentRuntime) -> Answer:
    return audiences.hear(runtime.settings, dict(body.audience))


def _edited(body: SurveyPatch, runtime: CurrentRuntime) -> Answer:
    return audiences.hear(runtime.settings, dict(body.audience or ()))


def _stored(survey_id: UUID, runtime: CurrentRuntime) -> Answer:
    return usecases.hear(runtime, survey_id)


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Drafted = Annotated[Answer, Depends(_drafted)]
Edited = Annotated[Answer, Depends(_edited)]
Stored = Annotated[Answer, Depends(_stored)]


@router.get("", scope="engagement:read", managers=ALL)
def list_surveys(session: ReadSession, page: Page, status: Many[Status] | None = None) -> Listing[SurveyOut]:
    """Surveys, newest first."""
    return repository.listed(session, page, status)  # type: ignore[return-value]


@router.post("", scope="engagement:write", status_code=201, location="/surveys/{id}", response_model=SurveyOut)
def create_survey(body: NewSurvey, heard: Drafted, session: WriteSession, now: Now) -> Survey:
    """Draft a survey. Nobody is asked before it is published."""
    audiences.require(heard)
    return usecases.create(session, body, now)


@router.get("/{survey_id}", scope="engagement:read", managers=ALL, response_model=SurveyOut)
def read_survey(survey_id: UUID, session: ReadSession) -> Survey:
    """One survey's draft, and how far it is."""
    return usecases.get(session, survey_id)


@router.patch("/{survey_id}", scope="engagement:write", response_model=SurveyOut)
def edit_survey(
    survey_id: UUID, body: SurveyPatch, heard: Edited, *, session: WriteSession, if_match: IfMatch, now: Now
) -> Survey:
    """Change the draft (JSON Merge Patch). What is asked changes when it is published."""
    audiences.require(heard)
    return usecases.edit(session, survey_id, body, if_match, now)


@router.delete("/{survey_id}", scope="engagement:write")
def archive_survey(survey_id: UUID, session: WriteSession, now: Now) -> None:
    """Close a survey and take it out of the list."""
    usecases.archive(session, survey_id, now)


@router.post("/{survey_id}/publish", scope="engagement:write", response_model=SurveyOut)
def publish_survey(survey_id: UUID, heard: Stored, session: WriteSession, now: Now) -> Survey:
    """Ask what the draft asks, from now on: from draft, again after an edit, or after a pause."""
    audiences.require(heard)
    return usecases.publish(session, survey_id, now)


@router.post("/{survey_id}/pause", scope="engagement:write", response_model=SurveyOut)
def pause_survey(survey_id: UUID, session: WriteSession, now: Now) -> Survey:
    """Invite and remind nobody for a while. Who was invited may answer."""
    return usecases.pause(session, survey_id, now)


@router.post("/{survey_id}/close", scope="engagement:write", response_model=SurveyOut)
def close_survey(survey_id: UUID, session: WriteSession, now: Now) -> Survey:
    """End a survey for ever: nobody is invited, no answer is taken any more."""
    return usecases.close(session, survey_id, now)


@router.get("/{survey_id}/link", scope="engagement:read", managers=ALL)
def read_link(survey_id: UUID, session: ReadSession, runtime: CurrentRuntime) -> LinkOut:
    """The address at which anybody answers a public survey; 404 for one that invites."""
    return LinkOut(url=usecases.address(session, runtime.settings, survey_id))


@router.get("/{survey_id}/versions", scope="engagement:read", managers=ALL)
def list_versions(survey_id: UUID, session: ReadSession, page: Page) -> Listing[SurveyVersionOut]:
    """What a survey asked, newest first."""
    usecases.get(session, survey_id)
    return repository.versions(session, survey_id, page)  # type: ignore[return-value]
