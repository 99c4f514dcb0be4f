"""Clocks on the wire, and how a subject stands."""

from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from services.engagement.slas.policies.schemas import Metric
from shared.web.schemas import Out


class ClockOut(Out):
    """A clock: it was met, was cancelled or still runs; it may have run out in any case."""

    metric: Metric
    cycle: int = Field(description="One for each reopening, wait for an answer, or deadline of a dispute.")
    started_at: datetime
    minutes: int = Field(description="Working minutes that were promised.")
    due_at: datetime | None = Field(description="Null while it is paused.")
    paused: bool
    met_at: datetime | None
    cancelled_at: datetime | None
    breached_at: datetime | None = Field(description="The instant at which it ran out.")


class Clocks(Out):
    """All clocks of one thing, in the order in which they started."""

    clocks: list[ClockOut]


class News(NamedTuple):
    """A clock ran out (`percent` None), or a level of it was reached and somebody is to be told."""

    metric: Metric
    cycle: int
    at: datetime
    percent: int | None
    to: str | None


class Standing(NamedTuple):
    """How a subject stands: when its nearest clock is due, when to look again, which metrics ran out, what is new."""

    due_at: datetime | None
    next_at: datetime | None
    breached: list[str]
    news: list[News]
