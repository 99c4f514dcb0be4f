"""Appointments on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from fastapi import Query
from pydantic import ConfigDict, Field, StringConstraints

from shared.web.schemas import Body, Instant, Many, Out

AppointmentStatus = Literal["booked", "attended", "no_show", "cancelled"]
Source = Literal["member", "staff"]
Wish = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
LONGEST = 31  # days of slots in one answer
MOST = 500


class Booking(Body):
    """A time to be booked, one of `/appointments/slots`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"service_id": "01997a00-0000-7000-8000-0000000000d1", "starts_at": "2026-12-01T02:00:00Z"},
            ]
        }
    )

    service_id: UUID
    starts_at: Instant
    manager_id: UUID | None = Field(
        default=None, description="With whom; absent: with the customer's own manager, if free, else with who is."
    )
    note: Wish | None = Field(default=None, description="What the customer wants to talk about.")


class NewAppointment(Booking):
    """A time to be booked for a customer."""

    model_config = ConfigDict(json_schema_extra={"examples": []})

    customer_id: UUID


class AppointmentPatch(Body):
    """JSON Merge Patch of a booked appointment: absent stays. Its time has a verb of its own."""

    note: Wish | None = None


class Moving(Body):
    """The time that takes its place."""

    starts_at: Instant = Field(examples=["2026-12-02T02:00:00Z"])
    manager_id: UUID | None = Field(default=None, description="Absent: with the same one if free, else with who is.")


class SlotOut(Out):
    """A free time of a manager."""

    service_id: UUID
    manager_id: UUID
    starts_at: datetime
    ends_at: datetime


class Slots(Out):
    """Free times, the soonest first."""

    items: list[SlotOut]


class AppointmentOut(Out):
    """An appointment; the note is null unless the caller is the customer or has `profile:pii`."""

    id: UUID = Field(validation_alias="appointment_id")
    customer_id: UUID
    service_id: UUID
    manager_id: UUID
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus
    note: str | None
    source: Source = Field(description="Who booked it.")
    reminded_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AppointmentFilter:
    """Which appointments; several values by comma."""

    manager_id: Annotated[Many[UUID] | None, Query()] = None
    service_id: Annotated[Many[UUID] | None, Query()] = None
    status: Annotated[Many[AppointmentStatus] | None, Query()] = None
    starts_from: Annotated[Instant | None, Query(description="Not before.")] = None
    starts_to: Annotated[Instant | None, Query(description="Before.")] = None


@dataclass(frozen=True, slots=True)
class SlotFilter:
    """Of which free times."""

    service_id: Annotated[UUID | None, Query(description="Absent: of everything that may be booked.")] = None
    manager_id: Annotated[UUID | None, Query(description="Absent: of every manager who receives for it.")] = None
    from_: Annotated[Instant | None, Query(alias="from", description="Absent: from now.")] = None
    to: Annotated[Instant | None, Query(description="Absent: seven days later; at most 31.")] = None
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100


class Place(NamedTuple):
    """A free time with somebody."""

    manager_id: UUID
    starts_at: datetime
    ends_at: datetime
