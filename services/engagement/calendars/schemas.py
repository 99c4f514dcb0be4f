"""Calendars on the wire."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Out

DayKind = Literal["festival", "holiday", "makeup", "closed"]
Certainty = Literal["official", "predicted"]
KIND = Field(
    description="`festival`: the day itself, which care rules go by; `holiday`: a day off; `makeup`: a day worked "
    "although it is a weekend; `closed`: the merchant's own day off.",
    examples=["festival"],
)


class NewCalendar(Body):
    """A calendar to be kept."""

    code: Code = Field(examples=["cn"])
    name: Title = Field(examples=["中国 China"])


class CalendarPatch(Body):
    """JSON Merge Patch of a calendar."""

    name: Title | None = None


class CalendarOut(Out):
    """A calendar."""

    id: UUID = Field(validation_alias="calendar_id")
    code: Code
    name: Title
    version: int
    created_at: datetime
    updated_at: datetime


class NewDay(Body):
    """What a day is."""

    day: date = Field(examples=["2027-02-06"])
    kind: DayKind = KIND
    holiday: Code = Field(description="Which holiday it belongs to.", examples=["spring-festival"])
    name: Title = Field(examples=["春节 Spring Festival"])
    certainty: Certainty = "official"


class DayPatch(Body):
    """JSON Merge Patch of a day: absent stays. A festival that is moved moves what is planned for it."""

    day: date | None = None
    kind: DayKind | None = None
    holiday: Code | None = None
    name: Title | None = None
    certainty: Certainty | None = None


class DayOut(Out):
    """What a day is."""

    id: UUID = Field(validation_alias="day_id")
    calendar_id: UUID
    day: date
    kind: DayKind
    holiday: Code
    name: Title
    certainty: Certainty
    version: int
    created_at: datetime
    updated_at: datetime
