"""What was known of customers at an instant, as features. Training and scoring read it with the same function.

Only orders that had happened *and* had arrived by the cut-off are read, and the buy-till-you-die model is fitted again
on them: nothing of a feature comes from later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.orderlogs import OrderLog, Summary, purchases_after, summarise

# Features by column, and whether more of one speaks for (1) or against (-1) buying again; 0 where that is not known.
FEATURES: Mapping[str, int] = {
    "frequency": 1,
    "recency": -1,
    "age": 0,
    "order_value": 0,
    "spend": 1,
    "orders_half_horizon": 1,
    "orders_horizon": 1,
    "orders_two_horizons": 1,
    "spend_horizon": 1,
    "spend_two_horizons": 1,
    "silence_ratio": -1,
    "silence_surprise": 1,
    "alive": 1,
    "log_rate": 1,
    "none_log_odds": -1,
}
NAMES = tuple(FEATURES)
SURE = 1e-6  # probabilities closer to 0 or 1 than this count as this far


@dataclass(frozen=True, slots=True)
class ArrivedLog:
    """Orders by column: whose, when, how much, and when the shop told us."""

    customer: npt.NDArray[np.generic]
    time: Floats
    amount: Floats
    arrived: Floats

    @classmethod
    def at_once(cls, log: OrderLog) -> "ArrivedLog":
        """A log of which every order arrived when it was placed."""
        return cls(log.customer, log.time, log.amount, log.time)

    def known(self, cutoff: float) -> OrderLog:
        """What had happened and arrived by then."""
        kept = (self.time <= cutoff) & (self.arrived <= cutoff)
        return OrderLog(self.customer[kept], self.time[kept], self.amount[kept])


@dataclass(frozen=True, slots=True)
class Population:
    """What the features of one customer take from all of them: the buy-till-you-die model and the median mean gap."""

    model: BetaGeoNBD
    gap: float

    @classmethod
    def of(cls, summary: Summary) -> "Population":
        """Learned from everybody in a summary."""
        frequency, recency, _ = summary.history.T
        again = frequency > 0
        gap = float(np.median(recency[again] / frequency[again])) if again.any() else 1.0
        return cls(BetaGeoNBD().fit(summary.history), gap)

    def to_document(self) -> dict[str, Any]:
        """As plain JSON."""
        return {"parameters": list(self.model.parameters_), "gap": self.gap}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Population":
        """The one that was stored."""
        return cls(BetaGeoNBD.known(Parameters(*document["parameters"])), document["gap"])


@dataclass(frozen=True, slots=True)
class Features:
    """One row per customer with an order by `cutoff`: `table` has the columns `NAMES`.

    `untrained` is the chance of no purchase within the horizon that the buy-till-you-die model tells without labels.
    """

    cutoff: float
    population: Population
    summary: Summary
    table: Floats
    untrained: Floats

    def column(self, name: str) -> Floats:
        """One feature of all customers."""
        return np.asarray(self.table[:, NAMES.index(name)])


def features(log: ArrivedLog, cutoff: float, horizon: float, population: Population | None = None) -> Features:
    """Features at `cutoff`; times and horizon in any one unit.

    A log of some customers only needs the `population` they belong to; that of everybody learns it.
    """
    known = log.known(cutoff)
    summary = summarise(known, cutoff)
    whole = population or Population.of(summary)
    untrained = whole.model.probability_no_purchase(summary.history, horizon)
    own = _own(summary, whole.gap)
    columns = own | _recent(known, summary, cutoff, horizon) | _of_model(whole.model, summary, untrained)
    return Features(cutoff, whole, summary, np.column_stack([columns[name] for name in NAMES]), untrained)


def _own(summary: Summary, typical: float) -> dict[str, Floats]:
    frequency, recency, age = summary.history.T
    silence, gap = age - recency, recency / np.maximum(frequency, 1.0)
    usual = np.where(frequency > 0, gap, age)
    return {
        "frequency": frequency,
        "recency": silence,
        "age": age,
        "order_value": summary.spend()[:, 1],
        "spend": summary.total,
        "silence_ratio": silence / (usual + typical),
    }


def _recent(known: OrderLog, summary: Summary, cutoff: float, horizon: float) -> dict[str, Floats]:
    spans = {"orders_half_horizon": 0.5, "orders_horizon": 1.0, "orders_two_horizons": 2.0}
    within = {name: purchases_after(known, summary, cutoff - span * horizon, cutoff) for name, span in spans.items()}
    counts = {name: orders.astype(np.float64) for name, (orders, _) in within.items()}
    spend = {f"spend_{span}": within[f"orders_{span}"][1] for span in ("horizon", "two_horizons")}
    return counts | spend


def _of_model(model: BetaGeoNBD, summary: Summary, untrained: Floats) -> dict[str, Floats]:
    return {
        "silence_surprise": model.silence_surprise(summary.history),
        "alive": model.probability_alive(summary.history),
        "log_rate": np.log(np.maximum(model.purchase_rate(summary.history), SURE)),
        "none_log_odds": logit(np.clip(untrained, SURE, 1.0 - SURE)),
    }
