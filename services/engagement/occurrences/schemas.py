"""Occurrences and the care calendar on the wire."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Out

OccurrenceStatus = Literal["planned", "messaged", "skipped", "expired"]


class OccurrenceOut(Out):
    """One time that a rule applied, or will apply, to a customer."""

    id: UUID = Field(validation_alias="occurrence_id")
    rule_id: UUID
    customer_id: UUID
    key: str
    day: date | None
    order_id: UUID | None
    happens_at: datetime
    status: OccurrenceStatus
    reason: str | None
    message_id: UUID | None
