"""Explanations over HTTP."""

from uuid import UUID

from services.scoring.challengers.explanations import usecases
from services.scoring.challengers.explanations.schemas import ExplanationOut
from services.scoring.challengers.rules import Kind
from services.scoring.customers import usecases as customers
from services.scoring.evidence import usecases as evidences
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import Router

router = Router("/customers/{customer_id}/explanation", tag="Explanations")


@router.get("", scope="scoring:read")
def explain_score(
    customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now, model: Kind = "churn"
) -> ExplanationOut:
    """Why a model says what it says of a customer: what each feature adds, exactly."""
    person = customers.person(session, customer_id, runtime.settings)
    return usecases.explain(session, *evidences.purchases_of(session, person, runtime.settings, now), model)
