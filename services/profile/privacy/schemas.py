"""Erasures on the wire."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.web.schemas import Instant, Many, Out

Status = Literal["requested", "erased", "completed"]


class ErasureOut(Out):
    """One erasure: asked for, erased in profile, completed in all services. `counts` are rows by service and table."""

    id: UUID = Field(validation_alias="erasure_id")
    customer_id: UUID
    member_ids: list[UUID] = Field(description="All ids of the person.")
    status: Status
    requested_by: str
    requested_at: Instant
    due_at: Instant = Field(description="When somebody is alarmed if a service has not answered.")
    completed_at: Instant | None
    counts: dict[str, dict[str, int]] = Field(examples=[{"profile": {"identity": 2}, "scoring": {"statistics": 1}}])
    proof: str | None = Field(description="SHA-256 of `counts` as JSON with sorted keys and no spaces.")
    version: int


@dataclass(frozen=True, slots=True)
class ErasureFilter:
    """Which erasures; several states by comma."""

    status: Annotated[Many[Status] | None, Query()] = None
    requested_from: Annotated[Instant | None, Query()] = None
    requested_to: Annotated[Instant | None, Query(description="Excluded.")] = None
