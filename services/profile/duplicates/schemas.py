"""Proposed duplicates on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.web.schemas import Out

Status = Literal["open", "dismissed"]


@dataclass(frozen=True)
class DuplicateFilter:
    """Which proposals a list shall hold."""

    status: Annotated[Status, Query()] = "open"
    score_from: Annotated[float, Query(ge=0, le=1, description="At least so sure.")] = 0


class ReasonOut(Out):
    """One thing that speaks for it: an identity that both were named by, or facts in which their archives agree."""

    kind: str = Field(examples=["name_birth_date"])
    score: float = Field(description="How sure this alone makes us.", examples=[0.9])


class DuplicateOut(Out):
    """Two customers who may be one person."""

    id: UUID = Field(validation_alias="duplicate_id")
    customer_id: UUID
    other_id: UUID
    score: float = Field(description="How sure all reasons together make us, 0 to 1.", examples=[0.96])
    reasons: list[ReasonOut] = Field(description="The strongest first.")
    status: Status
    version: int
    created_at: datetime
