"""The care calendar on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.engagement.occurrences.schemas import OccurrenceStatus
from shared.contracts.base import Code
from shared.web.schemas import Out


class CalendarEntry(Out):
    """An occurrence, or a birthday to come that is not planned yet (`expected`)."""

    id: UUID
    rule_id: UUID
    rule: Code
    customer_id: UUID
    key: str
    happens_at: datetime
    status: OccurrenceStatus | Literal["expected"]
    message_id: UUID | None = None
