"""Sizes by day on the wire."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import Field

from shared.web.schemas import Day, Out

MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Period:
    """Which days are wanted; by default the last 30."""

    from_: Annotated[Day | None, Query(alias="from", description="The first day.")] = None
    to: Annotated[Day | None, Query(description=f"The day after the last, at most {MOST_DAYS} days later.")] = None


class SizeOut(Out):
    """A segment at the end of a business day, and who came and went on it."""

    day: date
    size: int = Field(examples=[5120])
    entered: int
    left: int


class Sizes(Out):
    """Sizes of a segment, the oldest first."""

    items: list[SizeOut]
    next_cursor: None = None
