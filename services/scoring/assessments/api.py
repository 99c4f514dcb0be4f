"""Scoring's parts of the 360 answer, for the gateway."""

from uuid import UUID

from services.scoring.assessments import usecases
from services.scoring.assessments.schemas import Parts
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import INTERNAL, Router

router = Router("/internal/customers/{customer_id}", tag="Assessments")


@router.get("/360", scope=INTERNAL)
def read_parts(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now) -> Parts:
    """Statistics and scores of a customer, of all linked ids."""
    return usecases.parts(session, customer_id, runtime.settings, now)
