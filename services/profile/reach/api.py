"""What other services ask profile about a customer."""

from uuid import UUID

from services.profile.reach import usecases
from services.profile.reach.schemas import KnownOut, PersonOut, ReachQuestion
from shared.web.dependencies import Now, ReadSession
from shared.web.routing import INTERNAL, Router

router = Router("/internal", tag="Reach")


@router.post("/reach", scope=INTERNAL, response_model=list[PersonOut])
def reach(body: ReachQuestion, session: ReadSession, now: Now) -> list[PersonOut]:
    """Names, addresses and consents of up to 200 customers about a topic, as they are at this moment."""
    return usecases.people(session, body.customer_ids, body.topic, now)


@router.get("/customers/{customer_id}", scope=INTERNAL)
def read_known(customer_id: UUID, session: ReadSession) -> KnownOut:
    """Whether an id is known, and as whom it counts."""
    return usecases.known(session, customer_id)
