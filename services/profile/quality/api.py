"""Data quality over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.profile.quality import usecases
from services.profile.quality.schemas import (
    CheckRequest,
    Dismissal,
    PastReportOut,
    QualityOut,
    WorkFilter,
    WorkItemOut,
)
from shared.jobs import Job
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing

router = Router("/reports/data-quality", tag="Data quality")
Wanted = Annotated[WorkFilter, Depends()]


@router.get("", scope="profile:read")
def read_report(session: ReadSession) -> QualityOut:
    """How complete the archive was at the last check, and how many customers had invalid, stale or conflicting fields.

    All records are checked every six hours.
    """
    return usecases.report(session)


@router.post("", scope="profile:write", status_code=202, location="/jobs/{id}", response_model=JobOut)
def start_check(body: CheckRequest, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Check all records now, as a job. 409 `job_running` while a check is not finished."""
    return usecases.start(session, runtime.service, now)


@router.get("/history", scope="profile:read")
def list_reports(session: ReadSession, page: Page) -> Listing[PastReportOut]:
    """How good the archive was, check by check, the last first."""
    return usecases.reports(session, page)


@router.get("/items", scope="profile:read", managers=OWN)
def list_items(
    session: ReadSession, page: Page, caller: CurrentCaller, now: Now, wanted: Wanted
) -> Listing[WorkItemOut]:
    """The work list: what is wrong with which field of whom, newest customers first.

    Mend the record, the contact, the household; merge or dismiss a proposed duplicate; dismiss here what shall stay as
    it is. What was mended since the last check is left out, so a page may hold fewer items than were asked for.
    """
    return usecases.items(session, wanted, page, caller, now)


@router.post("/items/{item_id}/dismiss", scope="profile:write", managers=OWN)
def dismiss_item(
    item_id: UUID, body: Dismissal, *, session: WriteSession, caller: CurrentCaller, now: Now
) -> WorkItemOut:
    """Set an item aside for good, or until a time: it is known and shall stay as it is."""
    return usecases.dismiss(session, item_id, body, caller, now)


@router.post("/items/{item_id}/reopen", scope="profile:write", managers=OWN)
def reopen_item(item_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> WorkItemOut:
    """Put an item that was set aside back on the list."""
    return usecases.reopen(session, item_id, caller, now)
