"""Pairs of features and outcomes to learn from: customers as they were known at an instant, and what came after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.as_of import ArrivedLog, Features, features
from services.scoring.estimators.catalogue import Bools
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.orderlogs import OrderLog, purchases_after

Target = Literal["churn", "becomes_high_value", "becomes_high_ticket"]
MONTHS = 6
HIGH = 0.8  # of customers who bought lie below what counts as high


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Features at their cut-off, and of each customer the purchases and spend of the horizon after it."""

    features: Features
    horizon: float
    orders: Floats
    spend: Floats

    @property
    def closes(self) -> float:
        """When the outcome was known."""
        return self.features.cutoff + self.horizon


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows to learn from or to judge by: features, whether it happened, the score without training, and whose row."""

    table: Floats
    outcome: Bools
    untrained: Floats
    customer: npt.NDArray[np.generic]


def snapshot(log: ArrivedLog, cutoff: float, horizon: float) -> Snapshot:
    """One snapshot; what arrived late counts for the outcome, not for the features."""
    some = features(log, cutoff, horizon)
    all_ = OrderLog(log.customer, log.time, log.amount)
    orders, spend = purchases_after(all_, some.summary, cutoff, cutoff + horizon)
    return Snapshot(some, horizon, orders.astype(np.float64), spend)


def snapshots(log: ArrivedLog, now: float, horizon: float, month: float, most: int = MONTHS) -> list[Snapshot]:
    """Monthly snapshots whose horizon is over by `now`, the oldest first; none before the first horizon of the log."""
    first = float(log.time.min()) + horizon
    cutoffs = [now - horizon - month * back for back in range(most)]
    return [snapshot(log, cutoff, horizon) for cutoff in reversed(cutoffs) if cutoff >= first]


def examples(some: Snapshot, target: Target, threshold: float = np.inf) -> Examples:
    """Who of a snapshot a target is about, and to whom it happened.

    "churn": everybody; no purchase. "becomes_high_value": who spent less than `threshold` in the horizon before; spends
    at least that in the one after. "becomes_high_ticket": whose mean order is below `threshold`; orders of at least
    that, on average. Scores without training are told for churn; for the others the base rate.
    """
    known = some.features
    if target == "churn":
        about, outcome = np.ones(len(known.table), dtype=bool), some.orders == 0
    elif target == "becomes_high_value":
        about, outcome = known.column("spend_horizon") < threshold, some.spend >= threshold
    else:
        ticket = np.divide(some.spend, some.orders, out=np.zeros_like(some.spend), where=some.orders > 0)
        about, outcome = known.column("order_value") < threshold, ticket >= threshold
    base = (
        known.untrained if target == "churn" else np.full(len(outcome), outcome[about].mean() if about.any() else 0.0)
    )
    return Examples(known.table[about], outcome[about], base[about], known.summary.customer[about])


def high(some: Features, target: Target) -> float:
    """What counts as high at a cut-off: four of five of those who bought lie below."""
    name = "spend_horizon" if target == "becomes_high_value" else "order_value"
    values = some.column(name)
    return float(np.quantile(values[values > 0], HIGH)) if (values > 0).any() else np.inf


def together(some: Sequence[Examples]) -> Examples:
    """All rows of several."""
    columns = zip(*((one.table, one.outcome, one.untrained, one.customer) for one in some), strict=True)
    return Examples(*(np.concatenate(column) for column in columns))
