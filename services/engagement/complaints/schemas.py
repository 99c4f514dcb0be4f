"""Complaints on the wire."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints

from services.engagement.slas.schemas import ClockOut
from shared.contracts.base import Code, Label, Title
from shared.web.schemas import Body, Instant, Many, MoneyOut, Out

Status = Literal[
    "new", "assigned", "in_progress", "waiting_customer", "resolved", "closed", "rejected", "withdrawn", "duplicate"
]
Verb = Literal["assign", "start", "wait", "resolve", "close", "reopen", "reject", "withdraw", "merge"]
OPEN: tuple[Status, ...] = ("new", "assigned", "in_progress", "waiting_customer")
UNDER_WAY: tuple[Status, ...] = (*OPEN, "resolved")  # its clocks are heeded
Severity = Annotated[int, Field(ge=1, le=4)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class NewComplaint(Body):
    """What somebody complains about."""

    customer_id: UUID | None = Field(default=None, description="Who; a customer who complains may leave it out.")
    category: Code = Field(examples=["delivery.damaged"])
    severity: Severity = Field(default=3, description="1 is the worst. Staff judge it.", examples=[2])
    channel: Code = Field(description="How it came in.", examples=["phone"])
    order_id: UUID | None = Field(default=None, description="The order it is about.")
    description: Text = Field(examples=["茶叶罐碎了。 The tin arrived broken."])


class ComplaintPatch(Body):
    """JSON Merge Patch of a complaint: absent stays. Severity and category set its clocks anew from the opening."""

    category: Code | None = Field(default=None, examples=["delivery.late"])
    severity: Severity | None = None
    order_id: UUID | None = None
    description: Text | None = None


class Assignment(Body):
    """Who has it from now on."""

    owner_id: UUID = Field(description="A manager in use.", examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])


class Waiting(Body):
    """That it is the customer's turn."""

    until: Instant = Field(description="Then it goes on by itself.", examples=["2026-12-01T01:00:00Z"])
    reason: Note = Field(examples=["A photo of the damage"])


class Resolution(Body):
    """How it was settled. The cause may be told when it is closed at the latest, `unknown` if it stays so."""

    resolution: Code = Field(examples=["replaced"])
    root_cause: Code | None = Field(default=None, examples=["carrier"])
    summary: Text = Field(examples=["A new tin was sent."])


class Ending(Body):
    """The cause, if it is not known yet or was another."""

    root_cause: Code | None = Field(default=None, examples=["packaging"])


class Reason(Body):
    """Why."""

    reason: Note = Field(examples=["The second tin is broken, too."])


class Merging(Body):
    """Which other complaint of the same customer goes on instead."""

    into: UUID = Field(examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])


class Dispute(Body):
    """An outside body that the complaint was brought to."""

    body: Label = Field(description="Which body.", examples=["12315"])
    reference: Note | None = Field(default=None, examples=["浙市监诉2026-1123"])
    deadline: Instant | None = Field(default=None, examples=["2026-12-20T09:00:00Z"])
    outcome: Code | None = Field(default=None, description="Once it has decided.", examples=["settled"])


class DisputeOut(Out):
    """An outside body that the complaint was brought to."""

    body: Label
    reference: str | None
    deadline: datetime | None
    outcome: Code | None


class ComplaintOut(Out):
    """A complaint and how far it is. Customers do not see who has it, why it happened and what ran out."""

    id: UUID
    number: Code
    customer_id: UUID
    status: Status
    severity: Severity
    category: Code
    channel: Code
    order_id: UUID | None
    owner_id: UUID | None
    team_id: UUID | None = Field(description="The team of whoever looked after the customer.")
    opened_at: datetime
    first_response_at: datetime | None
    waiting_until: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    resolution: Code | None
    root_cause: Code | None
    merged_into: UUID | None
    escalated_to: Code | None
    escalated_at: datetime | None
    breached: list[Code] = Field(description="Metrics of which a clock ran out.")
    compensation: MoneyOut = Field(description="What was granted.")
    due_at: datetime | None = Field(description="When the nearest clock runs out.")
    version: int
    updated_at: datetime


class LedTo(Out):
    """A corrective or preventive action that the complaint led to."""

    id: UUID = Field(validation_alias="action_id")
    title: Title
    status: Code = Field(examples=["in_progress"])
    due_on: date | None


class ComplaintDetail(ComplaintOut):
    """A complaint with what was said, its clocks and what it led to, of which customers see only what was said."""

    description: str | None
    summary: str | None
    dispute: DisputeOut | None
    clocks: list[ClockOut]
    actions: list[LedTo]


class StepOut(Out):
    """Something that was done to a complaint, or happened to it."""

    id: UUID = Field(validation_alias="step_id")
    at: datetime
    verb: Code = Field(examples=["assign"])
    status: Status = Field(description="The state that it left.")
    by: Label = Field(description="The credential that did it; `clock` where it happened by itself.")
    values: dict[str, Any] = Field(examples=[{"metric": "resolution", "cycle": 1}])
    note: str | None


class Count(Out):
    """How many."""

    count: int


@dataclass(frozen=True, slots=True)
class ComplaintFilter:
    """Which complaints; several values by comma."""

    status: Annotated[Many[Status | Literal["open"]] | None, Query(description="`open`: not settled yet.")] = None
    severity: Annotated[Many[Severity] | None, Query()] = None
    category: Annotated[Many[Code] | None, Query(description="With what stands below.")] = None
    channel: Annotated[Many[Code] | None, Query()] = None
    owner_id: Annotated[Many[UUID | Literal["me"]] | None, Query(description="`me`: my own queue.")] = None
    breached: Annotated[bool | None, Query(description="Whether a clock ran out.")] = None
    escalated: Annotated[bool | None, Query(description="Whether somebody was told to see to it.")] = None
    disputed: Annotated[bool | None, Query(description="Whether an outside body has it and has not decided.")] = None
    due_to: Annotated[Instant | None, Query(description="Due before.")] = None
    opened_from: Annotated[Instant | None, Query(description="Opened from here on.")] = None
    opened_to: Annotated[Instant | None, Query(description="Opened before.")] = None
