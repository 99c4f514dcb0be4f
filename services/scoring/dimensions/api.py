"""Dimensions over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from services.scoring.conditions import rules as conditions
from services.scoring.conditions.schemas import FieldsOut
from services.scoring.customers import usecases as customers
from services.scoring.dimensions import usecases
from services.scoring.dimensions.schemas import DimensionsOut, DistributionFilter, DistributionOut
from services.scoring.evidence import usecases as evidences
from services.scoring.levels.schemas import LevelChangeOut
from shared.web.dependencies import CurrentRuntime, Now, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("", tag="Dimensions")


@router.get("/customers/{customer_id}/dimensions", scope="scoring:read")
def read_dimensions(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now) -> DimensionsOut:
    """Where a customer stands in the six dimensions, and why."""
    person = customers.person(session, customer_id, runtime.settings)
    return usecases.of(session, *evidences.one(session, person, runtime.settings, now))


@router.get("/customers/{customer_id}/dimensions/history", scope="scoring:read", response_model=Listing[LevelChangeOut])
def list_dimension_history(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, page: Page) -> Any:
    """The levels a customer had, the latest first."""
    return usecases.history(session, customers.person(session, customer_id, runtime.settings), page)


@router.get("/dimensions/distribution", scope="scoring:read", response_model=DistributionOut)
def read_distribution(
    session: ReadSession,
    by: Annotated[Many[str], Query(description="One dimension, or two for a matrix.", examples=["power,churn"])],
    whom: Annotated[DistributionFilter, Depends()],
) -> Any:
    """How many customers have each level of one dimension, or each pair of levels of two."""
    return usecases.distribution(session, by, whom)


@router.get("/dimensions/fields", scope="scoring:read", response_model=FieldsOut)
def list_fields() -> Any:
    """What the conditions of a declared dimension may ask: fields, operators, names."""
    return conditions.vocabulary()
