"""Outcomes of tasks on the wire, and which kinds of task there are."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Out

TaskKind = Literal["call", "visit", "video", "other"]
Result = Literal["done", "no_answer"]


class NewOutcome(Body):
    """An outcome that staff may choose."""

    code: Code = Field(examples=["satisfied"])
    name: Title = Field(examples=["满意 Satisfied"])
    result: Result = Field(default="done", description="Whether somebody was spoken to.")
    kinds: list[TaskKind] = Field(default=[], max_length=4, description="Of which tasks; none = of all.")


class OutcomePatch(Body):
    """JSON Merge Patch of an outcome: absent stays."""

    name: Title | None = None
    result: Result | None = None
    kinds: list[TaskKind] | None = None


class OutcomeOut(Out):
    """An outcome."""

    id: UUID = Field(validation_alias="outcome_id")
    code: Code
    name: Title
    result: Result
    kinds: list[TaskKind]
    version: int
    created_at: datetime
    updated_at: datetime
