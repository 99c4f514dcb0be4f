"""Data quality: as checked, and on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.web.schemas import Code, Many, Out

Fault = Literal["incomplete", "invalid", "stale", "conflicting"]
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
    """One thing that may be wrong with a field; `sql` is true where it is, `among` where it is asked at all."""

    fault: Fault
    field: str
    reason: Reason
    sql: str
    among: str = "true"


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


class QualityOut(Out):
    """How good the archive is. Merged customers count once, erased and archived ones not."""

    as_of: datetime
    customers: int
    completeness: list[CompletenessOut]
    faults: list[FaultOut] = Field(description="Invalid, stale and conflicting fields.")


class ItemFaultOut(Out):
    """What is wrong with a field."""

    fault: Fault
    field: str
    reason: Reason


class WorkItemOut(Out):
    """One customer to look after, and what is wrong."""

    customer_id: UUID
    number: str
    kind: Literal["person", "organisation"]
    registered_at: datetime
    faults: list[ItemFaultOut]


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What to look after; several values by comma."""

    fault: Annotated[Many[Fault] | None, Query()] = None
    field: Annotated[Many[Code] | None, Query()] = None
    reason: Annotated[Many[Reason] | None, Query()] = None
