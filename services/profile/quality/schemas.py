"""Data quality: as checked, and on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.web.schemas import Body, Code, Instant, Many, Out

Fault = Literal["incomplete", "invalid", "stale", "conflicting"]
Status = Literal["open", "dismissed"]
Reason = Literal[
    "missing",
    "not_known",
    "not_allowed",
    "unreachable",
    "not_changed",
    "not_verified",
    "passed",
    "differs",
    "perhaps_one_person",
]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong with a field; `sql` is true where it is, `kind` is whom it is asked of."""

    fault: Fault
    field: str
    reason: Reason
    sql: str
    kind: str | None = None

    @property
    def code(self) -> str:
        """What it is known by."""
        return f"{self.field}.{self.reason}"

    @property
    def among(self) -> str:
        """Which records it asks about, in SQL."""
        return "true" if self.kind is None else f"c.kind = '{self.kind}'"


@dataclass(frozen=True, slots=True)
class Checked:
    """One record and the checks that it fails."""

    customer_id: UUID
    number: str
    kind: str
    registered_at: datetime
    faults: list[str]


class CompletenessOut(Out):
    """Of how many customers a field is known."""

    field: str = Field(examples=["region"])
    customers: int = Field(description="Of whom it should be known: some are asked of organisations only.")
    known: int
    share: float | None


class FaultOut(Out):
    """How many customers have something wrong with a field."""

    fault: Fault
    field: str
    reason: Reason
    customers: int
    dismissed: int = Field(description="How many of them staff have set aside.")


class QualityOut(Out):
    """How good the archive is. Merged customers count once, erased and archived ones not."""

    as_of: datetime = Field(description="When all of it had been checked.")
    customers: int
    completeness: list[CompletenessOut]
    faults: list[FaultOut] = Field(description="Invalid, stale and conflicting fields.")


class PastReportOut(Out):
    """How good the archive was."""

    id: UUID
    as_of: datetime
    customers: int
    completeness: float | None = Field(description="Known fields of all that should be known.", examples=[0.8125])
    faults: int = Field(description="Invalid, stale and conflicting fields.")


class WorkItemOut(Out):
    """One thing to look after: what is wrong with which field of which customer."""

    id: UUID
    customer_id: UUID
    number: str = Field(examples=["C-2026-000123"])
    kind: Literal["person", "organisation"]
    registered_at: datetime
    fault: Fault
    field: str = Field(examples=["region"])
    reason: Reason
    status: Status
    found_at: datetime
    judged_at: datetime | None = Field(description="When staff set it aside, or took it up again.")
    judged_by: str | None = Field(examples=["key-1"])
    dismissed_until: datetime | None = Field(description="When it comes back; null = never by itself.")


class Dismissal(Body):
    """How long an item is set aside."""

    until: Instant | None = Field(
        default=None,
        description="The next check opens it again; without it staff do.",
        examples=["2027-03-01"],
    )


class CheckRequest(Body):
    """A check of all records."""


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What to look after; several values by comma."""

    status: Annotated[Status, Query()] = "open"
    fault: Annotated[Many[Fault] | None, Query()] = None
    field: Annotated[Many[Code] | None, Query()] = None
    reason: Annotated[Many[Reason] | None, Query()] = None
    manager_id: Annotated[Many[UUID] | None, Query(description="Of customers of these managers.")] = None
