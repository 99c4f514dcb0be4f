"""HTTP for the gateway: what engagement knows of one person."""

from typing import Any
from uuid import UUID

from services.engagement.messages import usecases as messages
from services.engagement.messages.schemas import MessageBrief
from shared import linking
from shared.web.dependencies import ReadSession
from shared.web.routing import INTERNAL, Router
from shared.web.schemas import Out

router = Router("/internal/customers/{customer_id}/360", tag="Customer 360")
SHOWN = 10


class EngagementPart(Out):
    """Parts of the 360 document; what is not built yet is null."""

    messages: list[MessageBrief]
    points: Any = None
    benefits: Any = None
    coupons: Any = None
    cases: Any = None
    tasks: Any = None


@router.get("", scope=INTERNAL)
def read_parts(customer_id: UUID, session: ReadSession) -> EngagementPart:
    """The latest messages of a person, whatever id they were written to."""
    canonical = linking.canonical(session, [customer_id])[customer_id]
    members = linking.members(session, [canonical])[canonical]
    return EngagementPart(messages=[MessageBrief.model_validate(m) for m in messages.latest(session, members, SHOWN)])
