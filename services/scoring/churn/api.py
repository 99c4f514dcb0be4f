"""Churn over HTTP."""

from uuid import UUID

from services.scoring.churn import usecases
from services.scoring.churn.schemas import ChurnOut
from services.scoring.customers import usecases as customers
from services.scoring.evidence import usecases as evidences
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import Router

router = Router("/customers/{customer_id}/churn", tag="Churn")


@router.get("", scope="scoring:read")
def read_churn(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now) -> ChurnOut:
    """The chance that a customer buys nothing within the horizon H, and why."""
    person = customers.person(session, customer_id, runtime.settings)
    return usecases.of(session, *evidences.purchases_of(session, person, runtime.settings, now))
