"""BG/NBD and MBG/NBD as an estimator: how often customers will buy, and whether they still do."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from services.scoring.estimators import dropout, purchases
from services.scoring.estimators.fitting import Estimation, Prior, maximise
from services.scoring.estimators.histories import Floats, Histories, histories, median, merged
from services.scoring.estimators.likelihood import Likelihood, Parameters
from services.scoring.estimators.purchases import Process
from services.scoring.estimators.sharing import in_blocks

# Where merchants usually lie, alpha in time scales; and how far from there, on the logs.
USUAL = Parameters(0.5, 0.2, 0.8, 2.0)
SAMPLE = 50_000  # histories that suffice to come close and to see whether customers leave
WIDTH = Parameters(1.0, 1.0, 0.7, 0.7)


class BetaGeoNBD(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Buy-till-you-die model of repeat purchases, learned from rows of (frequency, recency, age).

    `modified` chooses MBG/NBD, in which a customer may leave after the first purchase already; without it BG/NBD, in
    which nobody leaves before a repeat purchase. `estimation`: "map" with weak priors, "ml", or "prior" for a merchant
    too young to learn from. The prior puts the usual purchase rate at a few per `time_scale`, which is the median age
    unless given: give it where customers are younger than the trade's usual gap. Horizons are in the histories' unit.

    After `fit`: `parameters_`, `log_likelihood_`, `customers_`, `converged_`, and `findings_`, reasons for doubt:
    "no_dropout_visible", "at_bound", "not_converged".
    """

    def __init__(self, modified: bool = True, estimation: Estimation = "map", time_scale: float | None = None) -> None:
        self.modified = modified
        self.estimation = estimation
        self.time_scale = time_scale

    def fit(self, X: Any, y: None = None, sample_weight: Any = None) -> Self:
        """Learn from histories, each shared by `sample_weight` customers."""
        table = validate_data(self, X, dtype=np.float64)
        shares = None if sample_weight is None else _check_sample_weight(sample_weight, table)
        known = merged(self._histories(table, shares))
        of_all = Likelihood(known, modified=self.modified)
        # Histories lie in random order, so every so many of them are a random sample.
        few = known.at(slice(None, None, -(-len(known) // SAMPLE)))
        of_few = Likelihood(few, modified=self.modified)
        sample = of_few if len(few) < len(known) else None
        found = maximise(of_all, _prior(few, self.time_scale), self.estimation, sample)
        self.parameters_ = Parameters(*np.exp(found.logs).tolist())
        self.log_likelihood_ = found.log_likelihood
        self.customers_ = known.customers
        self.converged_ = found.converged
        doubts = {
            "no_dropout_visible": not dropout.visible(few, of_few(found.logs)[0], found.logs[:2]),
            "at_bound": found.at_bound,
            "not_converged": not found.converged,
        }
        self.findings_ = tuple(name for name, holds in doubts.items() if holds)
        return self

    @classmethod
    def known(cls, parameters: Parameters, *, modified: bool = True) -> Self:
        """A model with parameters that were learned before."""
        model = cls(modified=modified)
        model.parameters_, model.n_features_in_ = Parameters(*parameters), 3
        return model

    @property
    def process(self) -> Process:
        """The fitted model as the closed forms take it."""
        check_is_fitted(self)
        return Process(self.parameters_, self.modified)

    def score(self, X: Any, y: None = None) -> float:
        """Mean log-likelihood per customer."""
        some = self._read(X)
        value, _ = Likelihood(merged(some), modified=self.modified)(np.log(np.asarray(self.parameters_)))
        return value / len(some)

    def probability_alive(self, X: Any) -> Floats:
        """Whether each still is a customer. Not the churn score: it says nothing about when they buy."""
        process = self.process
        return in_blocks(lambda some: purchases.probability_alive(process, some), self._read(X))

    def probability_no_purchase(self, X: Any, horizon: float) -> Floats:
        """The churn score: the chance of no purchase within `horizon`."""
        process = self.process
        return in_blocks(lambda some: purchases.probability_no_purchase(process, some, horizon), self._read(X))

    def silence_surprise(self, X: Any) -> Floats:
        """The chance that an active customer with this history stays silent this long."""
        process = self.process
        return in_blocks(lambda some: purchases.silence_surprise(process, some), self._read(X))

    def median_time_to_next(self, X: Any) -> Floats:
        """Half of such customers, if active, buy again within this time."""
        process = self.process
        return in_blocks(lambda some: purchases.median_time_to_next(process, some), self._read(X))

    def purchase_rate(self, X: Any) -> Floats:
        """Purchases per unit of time, as of now; 0 for who has left."""
        process = self.process
        return in_blocks(lambda some: purchases.purchase_rate(process, some), self._read(X))

    def expected_purchases(self, X: Any, horizon: float) -> Floats:
        """Purchases to expect within `horizon`."""
        return purchases.expected_purchases(self.process, self._read(X), horizon)

    def expected_purchases_of_newcomer(self, horizons: Any) -> Floats:
        """Repeat purchases to expect of anybody within each time of the first purchase."""
        return purchases.expected_purchases_of_newcomer(self.process, np.asarray(horizons, dtype=np.float64))

    def purchases_interval(self, X: Any, horizon: float, coverage: float = 0.8) -> tuple[Floats, Floats]:
        """The fewest and most purchases within `horizon`, leaving out equal chances below and above."""
        process, some = self.process, self._read(X)
        outside = (1.0 - coverage) / 2.0
        low, high = (purchases.purchases_quantile(process, some, horizon, level) for level in (outside, 1 - outside))
        return low, high

    def _read(self, rows: Any) -> Histories:
        check_is_fitted(self)
        return self._histories(validate_data(self, rows, dtype=np.float64, reset=False))

    def _histories(self, table: Floats, weight: Floats | None = None) -> Histories:
        return histories(table, weight)


def _prior(some: Histories, time_scale: float | None) -> Prior:
    scale = time_scale or median(some.age, some.weight) or 1.0
    centre = np.log(np.asarray(USUAL)) + np.array([0.0, np.log(scale), 0.0, 0.0])
    return Prior(centre, np.asarray(WIDTH))
