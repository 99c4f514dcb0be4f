"""Scoring's parts of the 360 answer, and what a look at customers may do afresh."""

from typing import Literal

from services.scoring.churn.schemas import ChurnOut
from services.scoring.criteria.schemas import CriteriaOut
from services.scoring.dimensions.schemas import DimensionOut
from services.scoring.lifecycle.schemas import LifecycleOut
from services.scoring.statistics.schemas import StatisticsOut
from services.scoring.strategies.schemas import PlanOut
from services.scoring.tiers.schemas import HeldTierOut
from services.scoring.values.schemas import ValueOut
from shared.web.schemas import Out

Afresh = Literal["levels", "warnings"]  # graded, or warned of, as if nobody had been before


class Parts(Out):
    """What scoring knows of one customer; null = not known yet, or not computed yet."""

    statistics: StatisticsOut | None = None
    rfm: dict[str, int | str] | None = None
    value: ValueOut | None = None
    dimensions: dict[str, DimensionOut] | None = None
    criteria: CriteriaOut | None = None
    lifecycle: LifecycleOut | None = None
    tier: HeldTierOut | None = None
    strategy: PlanOut | None = None
    churn: ChurnOut | None = None
