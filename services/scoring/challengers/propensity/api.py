"""Propensity over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.scoring.challengers.propensity import usecases
from services.scoring.challengers.propensity.schemas import PropensityOut
from services.scoring.customers import usecases as customers
from services.scoring.evidence import usecases as evidences
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import Router

router = Router("/customers/{customer_id}/propensity", tag="Propensity")


@router.get("", scope="scoring:read")
def read_propensity(
    customer_id: UUID,
    session: ReadSession,
    runtime: CurrentRuntime,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=50, description="How many categories.")] = 10,
) -> PropensityOut:
    """When a customer will buy next, and the categories that they are likeliest to buy within the horizon."""
    person = customers.person(session, customer_id, runtime.settings)
    return usecases.of(session, *evidences.purchases_of(session, person, runtime.settings, now), limit)
