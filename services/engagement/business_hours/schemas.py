"""Business hours on the wire."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Out

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Mark = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Interval = Annotated[list[Mark], Field(min_length=2, max_length=2)]


def _in_order(intervals: list[list[str]]) -> list[list[str]]:
    marks = [mark for interval in intervals for mark in interval]
    if any(begin >= end for begin, end in intervals) or any(one > other for one, other in pairwise(marks)):
        raise ValueError("intervals must follow one another, each ending after it begins")
    return intervals


def _known(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError("an IANA time zone, such as Asia/Shanghai")
    return zone


Intervals = Annotated[list[Interval], Field(max_length=12), AfterValidator(_in_order)]
Zone = Annotated[Code, AfterValidator(_known)]
Weekly = dict[Weekday, Intervals]
WEEKLY = Field(
    description="Wall times, the end excluded; a day without intervals is closed. No interval at all: always open.",
    examples=[{"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "tue": [["09:00", "18:00"]]}],
)


class NewBusinessHours(Body):
    """When is worked."""

    code: Code = Field(examples=["hotline"])
    name: Title = Field(examples=["客服热线 Hotline"])
    time_zone: Zone = Field(examples=["Asia/Shanghai"])
    calendar: Code | None = Field(
        default=None, description="Its holidays are closed, its make-up days worked as Mondays.", examples=["cn"]
    )
    weekly: Weekly = WEEKLY


class BusinessHoursPatch(Body):
    """JSON Merge Patch of business hours: absent stays."""

    name: Title | None = None
    time_zone: Zone | None = None
    calendar: Code | None = None
    weekly: dict[Weekday, Intervals | None] | None = None


class BusinessHoursOut(Out):
    """When is worked."""

    id: UUID = Field(validation_alias="hours_id")
    code: Code
    name: Title
    time_zone: Code
    calendar: Code | None
    weekly: Weekly
    version: int
    created_at: datetime
    updated_at: datetime
