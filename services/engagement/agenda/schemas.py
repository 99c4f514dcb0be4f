"""The care calendar on the wire."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.engagement.occurrences.schemas import OccurrenceStatus
from shared.contracts.base import Code
from shared.web.schemas import Out


class CalendarEntry(Out):
    """An occurrence, or a dated occasion to come that is not planned yet (`expected`)."""

    id: UUID
    rule_id: UUID
    rule: Code
    customer_id: UUID
    key: str
    happens_at: datetime
    status: OccurrenceStatus | Literal["expected"]
    message_id: UUID | None = None


class CalendarDayCount(Out):
    """How many people a rule means on a day, each on that day of their own zone."""

    day: date = Field(examples=["2027-02-06"])
    rule_id: UUID
    rule: Code = Field(examples=["spring-festival"])
    people: int = Field(examples=[1280])


class CalendarDays(Out):
    """A calendar by days; days without anybody are left out."""

    items: list[CalendarDayCount]
