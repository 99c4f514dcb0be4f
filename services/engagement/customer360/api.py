"""HTTP for the gateway: what engagement knows of one person."""

from uuid import UUID

from services.engagement.customer360 import repository
from services.engagement.customer360.schemas import EngagementPart
from shared.web.dependencies import ReadSession
from shared.web.routing import INTERNAL, Router

router = Router("/internal/customers/{customer_id}/360", tag="Customer 360")


@router.get("", scope=INTERNAL)
def read_parts(customer_id: UUID, session: ReadSession) -> EngagementPart:
    """The latest messages, unsettled complaints and open tasks of a person, whatever id they were written to."""
    return EngagementPart.model_validate(repository.parts(session, customer_id))
