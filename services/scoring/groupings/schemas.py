"""The review of groupings on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Out

Grouping = Literal["segments", "territories"]


class CauseOut(Out):
    """How many moved by one cause."""

    cause: str = Field(description="As profile tells it.", examples=["definition"])
    entered: int
    left: int


class GroupOut(Out):
    """One segment or territory."""

    group_id: UUID
    customers: int = Field(description="Whom it holds now.")
    entered: int
    left: int
    causes: list[CauseOut]


class GroupingReviewOut(Out):
    """How groups drift: their size, and who came and went. Their definitions are versions in profile."""

    grouping: Grouping
    since: datetime = Field(description="Moves are counted by the hour in which scoring heard of them.")
    as_of: datetime
    items: list[GroupOut] = Field(description="Those that moved most first.")
