"""Data quality over HTTP."""

from typing import Annotated

from fastapi import Depends

from services.profile.quality import usecases
from services.profile.quality.schemas import QualityOut, WorkFilter, WorkItemOut
from shared.web.dependencies import Now, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/reports/data-quality", tag="Data quality")
Wanted = Annotated[WorkFilter, Depends()]


@router.get("", scope="profile:read")
def read_report(session: ReadSession, now: Now) -> QualityOut:
    """How complete the archive is, and how many customers have invalid, stale or conflicting fields."""
    return usecases.report(session, now)


@router.get("/items", scope="profile:read")
def list_items(session: ReadSession, page: Page, now: Now, wanted: Wanted) -> Listing[WorkItemOut]:
    """The work list: whom to look after, newest customers first, and what is wrong with which field."""
    return usecases.items(session, wanted, page, now)
