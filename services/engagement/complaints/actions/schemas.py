"""Corrective and preventive actions on the wire."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.engagement.complaints.schemas import Note
from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Instant, Out

ActionKind = Literal["corrective", "preventive"]
ActionStatus = Literal["open", "in_progress", "done", "verified", "cancelled"]
Step = Literal["in_progress", "done", "cancelled"]
WINDOW = Field(default=90, ge=7, le=366, description="How many days before and after are compared.")
OWNER = Field(default=None, description="A manager in use.")
DUE_ON = Field(default=None, description="The business day to do it by.", examples=["2026-12-18"])


class NewAction(Body):
    """Something to be done about a root cause, a category, or a cause within a category."""

    kind: ActionKind = Field(description="`corrective`: it happened; `preventive`: so that it does not.")
    title: Title = Field(examples=["Double-walled boxes for tins"])
    note: Note | None = None
    root_cause: Code | None = Field(default=None, description="With those below it.", examples=["packaging"])
    category: Code | None = Field(default=None, description="With those below it.", examples=["delivery.damaged"])
    complaint_id: UUID | None = Field(default=None, description="The complaint that led to it.")
    owner_id: UUID | None = OWNER
    due_on: date | None = DUE_ON
    window_days: int = WINDOW


class ActionPatch(Body):
    """JSON Merge Patch of an action: absent stays. A status lets it begin, be done or be cancelled, at `at` or now."""

    title: Title | None = None
    note: Note | None = None
    owner_id: UUID | None = OWNER
    due_on: date | None = DUE_ON
    window_days: int | None = Field(default=None, ge=7, le=366)
    status: Step | None = Field(default=None, examples=["in_progress"])
    at: Instant | None = Field(default=None, description="Since when the status holds, if not now.")


class Verdict(Body):
    """What the numbers are taken to mean."""

    effective: bool = Field(examples=[True])


class Recurrence(Out):
    """How many such complaints there were in how many days."""

    complaints: int
    days: float
    per_30_days: float | None = Field(description="Null while no time has passed.")


class Effect(Out):
    """The rate after, as a multiple of the rate before, with its 95 % interval; below 1 it happens less often."""

    ratio: float
    low: float
    high: float | None = Field(description="Null: without bound, since there was hardly any before.")


class ActionOut(Out):
    """An action, and how often it happened before it began and after it was done."""

    id: UUID = Field(validation_alias="action_id")
    kind: ActionKind
    title: Title
    note: str | None
    root_cause: Code | None
    category: Code | None
    complaint_id: UUID | None
    owner_id: UUID | None
    due_on: date | None
    window_days: int
    status: ActionStatus
    started_at: datetime | None
    done_at: datetime | None
    verified_at: datetime | None
    effective: bool | None = Field(description="What was judged when it was verified.")
    before: Recurrence | None = Field(default=None, description="In the days before it began.")
    after: Recurrence | None = Field(default=None, description="In the days after it was done, so far.")
    effect: Effect | None = Field(default=None, description="Null while there was nothing on both sides.")
    version: int
    created_at: datetime
    updated_at: datetime
