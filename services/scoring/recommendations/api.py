"""Recommendations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.scoring.customers import usecases as customers
from services.scoring.recommendations import usecases
from services.scoring.recommendations.schemas import RecommendationsOut, RecommendationsQuestion, Wanted
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import INTERNAL, OWN, Router

router = Router("/customers/{customer_id}/recommendations", tag="Recommendations")
internal = Router("/internal/recommendations", tag="Recommendations")


@router.get("", scope="scoring:read", member=OWN)
def list_recommendations(
    customer_id: UUID,
    session: ReadSession,
    runtime: CurrentRuntime,
    now: Now,
    *,
    kind: Annotated[Wanted, Query(description="`personal` = the best of all.")] = "personal",
    limit: Annotated[int, Query(ge=1, le=50, description="How many items.")] = 10,
) -> RecommendationsOut:
    """What to offer a customer next, and why. Who has not bought yet is told what sells best."""
    person = customers.person(session, customer_id, runtime.settings)
    return usecases.of(session, person, kind, limit, zone=runtime.settings.zone, now=now)


@internal.post("", scope=INTERNAL)
def recommend(
    body: RecommendationsQuestion, session: ReadSession, runtime: CurrentRuntime, now: Now
) -> list[RecommendationsOut]:
    """What to offer up to 200 canonical customers next, in their order."""
    return usecases.of_all(session, body.customer_ids, "personal", body.limit, zone=runtime.settings.zone, now=now)
