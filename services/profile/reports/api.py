"""Reports over HTTP."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query

from services.profile.reports import repository, usecases
from services.profile.reports.schemas import RegionReport, Regions, Teams, UncoveredRow, WorkloadRow
from shared.web.dependencies import Now, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/reports", tag="Territory reports")
First = Annotated[date | None, Query(alias="from", description="First business day.", examples=["2026-11-01"])]
Until = Annotated[date | None, Query(alias="to", description="The day after the last one.", examples=["2026-12-01"])]
Under = Annotated[str | None, Query(pattern=r"^\d{6}$", description="What lies directly under it.")]


@router.get("/regions", scope="profile:read")
def read_regions(
    session: ReadSession, now: Now, region: Under = None, first: First = None, until: Until = None
) -> RegionReport:
    """Customers, revenue, growth, value mix, and penetration and share of the market, by region; by default of 90 days.

    Without `region` the provinces.
    """
    return usecases.by_region(session, region, first, until, now)


@router.get("/workload", scope="profile:read", response_model=Listing[WorkloadRow])
def list_workload(session: ReadSession, page: Page, now: Now, team_id: Teams = None, region: Regions = None) -> Any:
    """How many customers each manager has and may have, and what these are expected to bring."""
    return repository.workload(session, team_id, region, now, page)


@router.get("/workload/uncovered", scope="profile:read", response_model=Listing[UncoveredRow])
def list_uncovered(session: ReadSession, page: Page, region: Regions = None) -> Any:
    """Key customers whom no account manager has, those who are expected to bring most first."""
    return repository.uncovered(session, region, page)
