"""Scores on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Out

Score = Annotated[int, Field(ge=1, le=5)]


class RfmOut(Out):
    """What a customer scores: 5 is best, `class` is one of eleven."""

    customer_id: UUID
    r: Score | None
    f: Score | None
    m: Score | None
    rfm_class: str | None = Field(alias="class", examples=["champion"])
    scheme_version: int
    since: datetime


class CellOut(Out):
    """How many customers score so."""

    r: Score
    f: Score
    customers: int


class MatrixOut(Out):
    """All customers with a counted order, by recency and frequency, and by class."""

    cells: list[CellOut]
    classes: dict[str, int] = Field(examples=[{"champion": 120, "lost": 310}])


class MovementOut(Out):
    """How many customers went from one class to another; null = had none."""

    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    customers: int


class MovementsOut(Out):
    """Movements between two instants, the largest first."""

    items: list[MovementOut]
