"""Improvement actions on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.engagement.surveys.results.schemas import Mean
from services.engagement.surveys.schemas import Name
from shared.contracts.base import Title
from shared.web.schemas import Body, Instant, Out

ActionStatus = Literal["planned", "in_progress", "done", "cancelled"]
Note = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
OWNER = Field(default=None, description="A manager in use.")


class NewAction(Body):
    """Something to be made better."""

    aspect: Name = Field(description="A rated aspect, or `csat` for the whole.", examples=["logistics"])
    survey_id: UUID | None = Field(default=None, description="Whose answers count; all that ask customers if absent.")
    title: Title = Field(examples=["Ship from the warehouse nearby"])
    note: Note | None = None
    owner_id: UUID | None = OWNER
    window_days: int = Field(default=90, ge=7, le=366, description="How long before and after is compared.")


class ActionPatch(Body):
    """JSON Merge Patch of an action: absent stays. `in_progress` begins and `done` ends it, at `at` or now."""

    title: Title | None = None
    note: Note | None = None
    owner_id: UUID | None = OWNER
    window_days: int | None = Field(default=None, ge=7, le=366)
    status: ActionStatus | None = None
    at: Instant | None = Field(default=None, description="Since when the status holds, if not now.")


class Change(Out):
    """How the mean moved, with its 95 % interval (Welch); null on fewer than 30 answers on either side."""

    points: float
    low: float
    high: float


class ActionOut(Out):
    """An action, and how the aspect was rated before it began and after it was done."""

    id: UUID = Field(validation_alias="action_id")
    aspect: Name
    survey_id: UUID | None
    title: Title
    note: str | None
    owner_id: UUID | None
    window_days: int
    status: ActionStatus
    started_at: datetime | None
    done_at: datetime | None
    before: Mean | None = Field(default=None, description="In the days before it began.")
    after: Mean | None = Field(default=None, description="In the days after it was done, so far.")
    change: Change | None = None
    version: int
    created_at: datetime
    updated_at: datetime
