"""HTTP for the gateway: what engagement knows of one person."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.engagement.complaints import usecases as complaints
from services.engagement.messages import usecases as messages
from services.engagement.messages.schemas import MessageBrief
from services.engagement.tasks import repository as follow_ups
from services.engagement.tasks.schemas import TaskBrief
from shared import linking
from shared.contracts.base import Code
from shared.web.dependencies import ReadSession
from shared.web.routing import INTERNAL, Router
from shared.web.schemas import Out

router = Router("/internal/customers/{customer_id}/360", tag="Customer 360")
SHOWN = 10


class CaseBrief(Out):
    """A complaint that is not settled."""

    kind: Literal["complaint"] = "complaint"
    id: UUID = Field(validation_alias="complaint_id")
    number: Code
    status: Code
    severity: int
    category: Code
    owner_id: UUID | None
    opened_at: datetime
    due_at: datetime | None


class EngagementPart(Out):
    """Parts of the 360 document; what is not built yet is null."""

    messages: list[MessageBrief]
    points: Any = None
    benefits: Any = None
    coupons: Any = None
    cases: list[CaseBrief]
    tasks: list[TaskBrief] = Field(description="Open ones, the next due first.")


@router.get("", scope=INTERNAL)
def read_parts(customer_id: UUID, session: ReadSession) -> EngagementPart:
    """The latest messages, unsettled complaints and open tasks of a person, whatever id they were written to."""
    canonical = linking.canonical(session, [customer_id])[customer_id]
    members = linking.members(session, [canonical])[canonical]
    return EngagementPart(
        messages=[MessageBrief.model_validate(one) for one in messages.latest(session, members, SHOWN)],
        cases=[CaseBrief.model_validate(one) for one in complaints.open_of(session, members, SHOWN)],
        tasks=[TaskBrief.of(one) for one in follow_ups.open_of(session, members, SHOWN)],
    )
