"""Engagement's parts of the 360 document on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.engagement.messages.schemas import MessageBrief
from services.engagement.tasks.schemas import TaskBrief
from shared.contracts.base import Code
from shared.web.schemas import Out


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
