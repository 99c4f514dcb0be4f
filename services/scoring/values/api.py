"""Customer lifetime value over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.scoring.customers import usecases as customers
from services.scoring.evidence import usecases as evidences
from services.scoring.values import usecases
from services.scoring.values.schemas import ValueOut
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import Router

router = Router("/customers/{customer_id}/value", tag="Value")


@router.get("", scope="scoring:read")
def read_value(
    customer_id: UUID,
    session: ReadSession,
    runtime: CurrentRuntime,
    now: Now,
    horizon_days: Annotated[int | None, Query(ge=1, le=3650, description="Days from now; else the scheme's.")] = None,
) -> ValueOut:
    """What a customer is expected to bring within a horizon, with an interval, and how far to believe it."""
    person = customers.person(session, customer_id, runtime.settings)
    evidence, model = evidences.purchases_of(session, person, runtime.settings, now)
    horizon = horizon_days or usecases.usual_horizon(session)
    return usecases.of(evidence, model, horizon, runtime.settings.base_currency)
