"""The scheme of the lifecycle, and stages on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Ratio
from shared.web.schemas import Body, Out

Phase = Literal["discover", "evaluate", "buy", "use", "stay", "leave"]
PHASES: dict[str, Phase] = {
    **{"prospect": "discover", "evaluating": "evaluate", "new": "buy"},
    **dict.fromkeys(("growing", "active", "loyal", "recovered"), "stay"),
    **dict.fromkeys(("at_risk", "dormant", "lost"), "leave"),
}
Days = Annotated[int, Field(ge=1, le=3650)]
Horizons = Annotated[float, Field(ge=0.5, le=20)]


class LifecycleScheme(Body):
    """Where one stage ends and the next begins. Silence is told in horizons H, chances are of no purchase within H."""

    lost_after: Horizons = 3.0
    lost_from: Ratio = 0.97
    dormant_after: Horizons = 1.0
    dormant_from: Ratio = 0.85
    at_risk_from: Ratio = 0.7
    recovered_days: Days = 90
    in_use_days: Days = 30
    growth: float = Field(default=1.25, ge=1, le=10, description="Orders or spend of the last H over those before.")


class LifecycleOut(Out):
    """The stage of one customer."""

    customer_id: UUID
    stage: str = Field(examples=["active"])
    phase: Phase = Field(description="The stage in the words of discover, evaluate, buy, use, stay, leave.")
    in_use: bool = Field(description="Delivered within the days of the scheme, 30 by default, or a course is open.")
    since: datetime
    days: int = Field(description="Whole days in this stage.")
    as_of: datetime


class TransitionOut(Out):
    """How many customers went from one stage to another; null = was not known."""

    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    customers: int


class TransitionsOut(Out):
    """Transitions between two instants, the largest first."""

    items: list[TransitionOut]


class DurationOut(Out):
    """How long customers stayed in a stage that they have left, in days."""

    stage: str
    customers: int
    mean_days: float
    median_days: float


class DurationsOut(Out):
    """Time in each stage."""

    items: list[DurationOut]
