"""What a customer will bring within a horizon: purchases times order value, and an interval around it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.gamma_gamma import GammaGamma
from services.scoring.estimators.histories import Floats, Histories, blocks, histories
from services.scoring.estimators.purchases import Process, probability_at_least, purchases_quantile

STEPS = 12  # parts of a horizon within which money counts as if it came in the middle
GROWTH = 1.25  # numbers of purchases that differ by less are taken together
RARE = 0.01  # of the chance outside an interval: what counting no further may leave out
WIDEST, HALVINGS = 30.0, 14  # the log of value over rate lies within +-30; halved to half a percent


class _Mixture:
    """Value of customers (rows) as a mixture over numbers of purchases (columns).

    Given the number, value over the rate of the rates is gamma over gamma: an F distribution, taken by Paulson's normal
    approximation of its cube root. `shape` is that of the purchases' gamma, `rate_shape` that of the rate's.
    """

    def __init__(self, chance: Floats, shape: Floats, rate_shape: Floats) -> None:
        rate_shape = rate_shape[:, None]
        self._chance, self._any = chance, chance.sum(axis=1)
        self._root = np.cbrt(rate_shape / shape) * (1.0 - 1.0 / (9.0 * rate_shape))
        self._own = 1.0 - 1.0 / (9.0 * shape)
        self._own_variance = 1.0 / (9.0 * shape)
        self._rate_variance = np.cbrt(rate_shape / shape) ** 2 / (9.0 * rate_shape)

    def exceeds(self, log_ratio: Floats) -> Floats:
        """The chance of a value of more than e to the `log_ratio` times the rate of the rates."""
        root = np.exp(log_ratio / 3.0)[:, None]
        deviation = self._own - self._root * root
        deviation /= np.sqrt(self._own_variance + self._rate_variance * root**2)
        return np.asarray(np.einsum("ij,ij->i", self._chance, ndtr(deviation)))

    def quantile(self, level: float) -> Floats:
        """Log ratio not exceeded with probability `level`; minus infinity where nothing may come."""
        low, high = np.full(len(self._any), -WIDEST), np.full(len(self._any), WIDEST)
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            more = self.exceeds(middle) > 1.0 - level
            low, high = np.where(more, middle, low), np.where(more, high, middle)
        return np.where(self._any > 1.0 - level, (low + high) / 2.0, -np.inf)


@dataclass(frozen=True, slots=True)
class CustomerValue:
    """Two fitted models that together say what customers will bring.

    Rows come in pairs: a history (frequency, recency, age) and the spend (orders, mean order value) of each customer.
    """

    counts: BetaGeoNBD
    spend: GammaGamma

    def expected(self, rows: Any, orders: Any, horizon: float, *, discount: float = 0.0) -> Floats:
        """Purchases to expect within `horizon` times the value of an order; `discount` is continuous, per time unit."""
        worth = self.spend.expected_order_value(orders)
        if discount == 0.0:
            return np.asarray(worth * self.counts.expected_purchases(rows, horizon))
        ends = np.linspace(0.0, horizon, STEPS + 1)
        by_end = np.array([self.counts.expected_purchases(rows, end) for end in ends])
        middles = (ends[1:] + ends[:-1]) / 2.0
        return np.asarray(worth * (np.exp(-discount * middles) @ np.diff(by_end, axis=0)))

    def interval(self, rows: Any, orders: Any, horizon: float, *, coverage: float = 0.8) -> tuple[Floats, Floats]:
        """Bounds of the value within `horizon`, leaving out equal chances below and above.

        Right to about two percent: given the number of purchases the value is a gamma whose rate is a gamma. Where
        order values have no model (`has_mean`), the bounds on purchases times the order value.
        """
        if not self.spend.has_mean:
            worth = self.spend.expected_order_value(orders)
            low, high = self.counts.purchases_interval(rows, horizon, coverage)
            return low * worth, high * worth
        some, process, outside = histories(rows), self.counts.process, (1.0 - coverage) / 2.0
        most = purchases_quantile(process, some, horizon, 1.0 - RARE * outside)
        rate_shape, rate_rate = self.spend.rates(orders)
        bounds = np.empty((2, len(some)))
        order = np.argsort(most)
        for block in blocks(len(order)):
            part = order[block]
            chance, purchases = _chances(process, some.at(part), horizon, most[part[-1]])
            mixture = _Mixture(chance, self.spend.parameters_.p * purchases, rate_shape[part])
            bounds[:, part] = np.exp([mixture.quantile(outside), mixture.quantile(1.0 - outside)]) * rate_rate[part]
        return bounds[0], bounds[1]


def _chances(process: Process, some: Histories, horizon: float, most: float) -> tuple[Floats, Floats]:
    """Chances (columns) of numbers of purchases from 1 to `most`; the larger, the more of them share a column."""
    steps = np.arange(np.ceil(np.log(most + 1.0) / np.log(GROWTH)) + 1.0)
    fewest = np.unique(np.ceil(GROWTH**steps))
    at_least = probability_at_least(process, some.at((slice(None), None)), horizon, fewest)
    return at_least[:, :-1] - at_least[:, 1:], (fewest[:-1] + fewest[1:] - 1.0) / 2.0
