"""Hours of managers on the wire."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from services.engagement.policies.schemas import ClockTime
from shared.contracts.base import Code
from shared.web.schemas import Body, Out

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Interval = tuple[ClockTime, ClockTime]
Week = dict[Weekday, Annotated[list[Interval], Field(max_length=8)]]


class Hours(Body):
    """When a manager receives customers, and for which services; those of a calendar's days off not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"weekly": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]]}, "services": [], "calendar": "cn"}
            ]
        }
    )

    weekly: Week = Field(description="Wall time of the business, several intervals a day.")
    services: list[UUID] = Field(default=[], max_length=100, description="None: all of them.")
    calendar: Code | None = Field(
        default=None, description="Its days off are closed, its make-up days are as Monday.", examples=["cn"]
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Hours":
        for day, intervals in self.weekly.items():
            if any(start >= end for start, end in intervals) or any(a[1] > b[0] for a, b in pairwise(intervals)):
                raise ValueError(f"{day}: each interval ends after it begins, and before the next one begins")
        return self


class HostOut(Out):
    """When a manager receives customers."""

    manager_id: UUID
    weekly: Week
    services: list[UUID]
    calendar: Code | None
    version: int
    updated_at: datetime
