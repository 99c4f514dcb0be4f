"""HTTP: `/reports/complaints`."""

from typing import Annotated

from fastapi import Query

from services.engagement.complaints.reports import usecases
from services.engagement.complaints.reports.schemas import ComplaintReport, Dimension
from shared.web.dependencies import CurrentRuntime, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Instant

router = Router("/reports", tag="Complaints")


@router.get("/complaints", scope="engagement:read")
def read_report(
    session: ReadSession,
    runtime: CurrentRuntime,
    by: Annotated[Dimension, Query(description="What the rows have in common.")] = "category",
    opened_from: Annotated[Instant | None, Query(description="Opened from here on.")] = None,
    opened_to: Annotated[Instant | None, Query(description="Opened before.")] = None,
) -> ComplaintReport:
    """How many complaints of what, how many came again, what they cost, and how often each promise was kept."""
    return usecases.report(session, by, (opened_from, opened_to), runtime.settings.base_currency)
