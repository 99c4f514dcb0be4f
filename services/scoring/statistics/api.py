"""Statistics over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.scoring.customers import usecases as customers
from services.scoring.statistics import repository, usecases
from services.scoring.statistics.schemas import CheckOut, StatisticsOut
from shared import jobs
from shared.errors import NotFound
from shared.web.dependencies import CurrentRuntime, Now, ReadSession, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import REQUIRED, Router

router = Router("", tag="Statistics")
REBUILD = "statistics.rebuild"


@router.get("/customers/{customer_id}/statistics", scope="scoring:read")
def read_statistics(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime) -> StatisticsOut:
    """What the facts of a customer, of all linked ids, come to."""
    person = customers.person(session, customer_id, runtime.settings)
    found = repository.of(session, [person]).get(person)
    if found is None:
        raise NotFound("Nothing is computed for this customer yet; ask again in a second.")
    return StatisticsOut.of(found, runtime.settings.base_currency)


@router.get("/statistics/check", scope="scoring:admin")
def check_statistics(
    session: ReadSession,
    runtime: CurrentRuntime,
    after: Annotated[UUID | None, Query(description="`next_cursor` of the call before.")] = None,
    limit: Annotated[int, Query(ge=1, le=5000, description="How many customers.")] = 1000,
) -> CheckOut:
    """Recompute some customers from their facts and name every number that is stored otherwise."""
    return usecases.check(session, after, limit, runtime.settings.business_time_zone)


@router.post(
    "/statistics/rebuild",
    scope="scoring:admin",
    idempotency=REQUIRED,
    status_code=202,
    location="/jobs/{id}",
    response_model=JobOut,
)
def rebuild_statistics(session: WriteSession, runtime: CurrentRuntime, now: Now) -> jobs.Job:
    """Recompute all customers from the facts, as a job."""
    return jobs.get(session, jobs.start(session, runtime.service, REBUILD, {}, now))
