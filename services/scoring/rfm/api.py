"""Scores over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.scoring.customers import usecases as customers
from services.scoring.rfm import repository, usecases
from services.scoring.rfm.schemas import MatrixOut, MovementsOut, RfmOut
from shared.errors import NotFound
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Instant

router = Router("", tag="RFM")


@router.get("/customers/{customer_id}/rfm", scope="scoring:read", response_model=RfmOut)
def read_rfm(
    customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now, as_of: Instant | None = None
) -> Any:
    """What a customer scores now, or scored at an instant."""
    person = customers.person(session, customer_id, runtime.settings)
    found = repository.at(session, person, as_of or now)
    if found is None:
        raise NotFound("This customer has no counted order at that time.")
    return found


@router.get("/rfm/matrix", scope="scoring:read", response_model=MatrixOut)
def read_matrix(session: ReadSession) -> Any:
    """How many customers have each pair of recency and frequency, and each class."""
    return usecases.matrix(session)


@router.get("/rfm/movements", scope="scoring:read", response_model=MovementsOut)
def read_movements(
    session: ReadSession,
    from_: Annotated[Instant, Query(alias="from", description="The earlier instant.")],
    to: Annotated[Instant, Query(description="The later one.")],
) -> Any:
    """How many customers went from one class to another between two instants."""
    return {"items": repository.movements(session, from_, to)}
