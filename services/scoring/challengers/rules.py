"""What a challenger is: a trained model, and what the features it reads take from everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np

from services.scoring.estimators.as_of import NAMES, ArrivedLog, Features, Population, features
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.restoring import Model, restored
from services.scoring.estimators.snapshots import Target
from services.scoring.estimators.two_part import TwoPartSpend

Kind = Literal["churn", "spend", "high_value", "high_ticket"]
KINDS: tuple[Kind, ...] = ("churn", "spend", "high_value", "high_ticket")
TARGETS: Mapping[str, Target] = {
    "churn": "churn",
    "high_value": "becomes_high_value",
    "high_ticket": "becomes_high_ticket",
}
COMPARED = {"high_value": "spend_horizon", "high_ticket": "order_value"}  # the feature that is not high yet
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Trained:
    """Chances of churn by a challenger that won its backtest, NaN where it has none, and its rung of the ladder."""

    churn: Floats
    method: str


@dataclass(frozen=True, slots=True)
class Challenger:
    """A model of one kind. `threshold` is what counts as high (base currency; infinite where nothing is compared).

    `level` is the rung of the ladder on which it was learned. `population` is that of the day of the training: a
    customer is measured against it until the next one.
    """

    kind: Kind
    model: Model
    population: Population
    horizon_days: float
    threshold: float
    level: int

    @property
    def is_current(self) -> bool:
        """Whether it learned from the features that are built now. One that did not scores nobody."""
        return bool(self.model.n_features_in_ == len(NAMES))

    def features(self, log: ArrivedLog, today: float) -> Features:
        """Features of some customers, from the builder that the training reads them with."""
        return features(log, today, self.horizon_days, self.population)

    def scores(self, table: Floats) -> Floats:
        """The probability of each row of features, for spend the amount to expect within the horizon."""
        if not len(table):  # nobody of a batch is asked about
            return np.empty(0)
        if isinstance(self.model, TwoPartSpend):
            return self.model.predict(table)
        return self.model.probability(table)

    def is_about(self, some: Features) -> Any:
        """For whom the question makes sense: to become high one must not be high."""
        name = COMPARED.get(self.kind)
        return np.ones(len(some.table), dtype=bool) if name is None else some.column(name) < self.threshold

    def content(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "kind": self.kind,
            "model": self.model.to_document(),
            "population": self.population.to_document(),
            "horizon_days": self.horizon_days,
            "threshold": self.threshold if np.isfinite(self.threshold) else None,
            "level": self.level,
        }

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> "Challenger":
        """From plain JSON."""
        return cls(
            kind=content["kind"],
            model=restored(content["model"]),
            population=Population.from_document(content["population"]),
            horizon_days=content["horizon_days"],
            threshold=np.inf if content["threshold"] is None else content["threshold"],
            level=content["level"],
        )


def today(now: datetime, zone: ZoneInfo) -> float:
    """The business day of an instant, in days since 1970: the unit of all times here."""
    return float((now.astimezone(zone).date() - EPOCH).days)
