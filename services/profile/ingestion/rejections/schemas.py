"""Rejections on the wire."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from shared.contracts.base import Code, Instant
from shared.web.schemas import Many, Out

Door = Literal["batch", "sdk", "kafka", "import", "webhook"]
Status = Literal["open", "resubmitted", "discarded"]


class FaultOut(Out):
    """One fault of one field."""

    field: str
    code: str
    message: str


class RejectionOut(Out):
    """One refused item and why."""

    id: UUID
    version: int
    door: Door
    kind: str
    source: str | None
    code: str
    errors: list[FaultOut]
    status: Status
    received_at: Instant
    settled_at: Instant | None


class RejectionDetail(RejectionOut):
    """A refused item with what was sent; the body is null without the scope `profile:pii`."""

    body: Any


@dataclass(frozen=True, slots=True)
class RejectionFilter:
    """Which rejections a list shall hold; several values by comma."""

    source: Annotated[Many[Code] | None, Query()] = None
    code: Annotated[Many[Code] | None, Query()] = None
    door: Annotated[Many[Door] | None, Query()] = None
    status: Annotated[Many[Status] | None, Query()] = None
    received_from: Annotated[Instant | None, Query()] = None
    received_to: Annotated[Instant | None, Query(description="Excluded.")] = None
