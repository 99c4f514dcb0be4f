"""Alerts on the wire, and what the rest of the service says to raise one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.engagement.alert_routes.schemas import Cause, Level
from shared.contracts.base import Code
from shared.web.schemas import Many, Out

Status = Literal["queued", "sending", "sent", "failed", "unknown", "dropped"]
SUBJECT = "The complaint, task, campaign, care rule or survey."


@dataclass(frozen=True, slots=True)
class Escalation:
    """That somebody must be told. `key` names this one escalation; `facts` are codes, numbers and times."""

    key: str
    cause: Cause
    subject_id: UUID
    to: Level
    at: datetime
    facts: Mapping[str, Any]


class AlertOut(Out):
    """An alert and what became of it. `unknown`: nobody can say whether it arrived, so it is not sent again."""

    id: UUID = Field(validation_alias="alert_id")
    route_id: UUID
    cause: Cause
    subject_id: UUID = Field(description=SUBJECT)
    facts: dict[str, Any] = Field(examples=[{"number": "C-2026-000012", "metric": "resolution", "to": "lead"}])
    status: Status
    reason: Code | None
    tries: int
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts; several values by comma."""

    status: Annotated[Many[Status] | None, Query()] = None
    cause: Annotated[Many[Cause] | None, Query()] = None
    route_id: Annotated[Many[UUID] | None, Query()] = None
    subject_id: Annotated[Many[UUID] | None, Query(description=SUBJECT)] = None
