"""Gamma-Gamma: what an order of a customer is worth (Fader, Hardie & Lee 2005; Fader & Hardie 2013)."""

from typing import Any, NamedTuple, Self

import numpy as np
from scipy.special import gammaln, psi
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from services.scoring.estimators.fitting import Estimation, Prior, maximise
from services.scoring.estimators.histories import Floats

COLUMNS = ("orders", "mean order value")
DEPENDENT = 0.3  # beyond this correlation of the logs, frequency and order value are not independent
OWN_ORDERS = 1.0  # without a model, the mean of all counts as much as one order of one's own


class SpendParameters(NamedTuple):
    """Order values of a customer are gamma(p, nu), their rates nu among customers gamma(q, v)."""

    p: float
    q: float
    v: float


USUAL = SpendParameters(4.0, 3.5, 0.625)  # v in mean order values: q - 1 over p
WIDTH = SpendParameters(1.0, 0.7, 1.0)


class GammaGamma(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Model of order value, learned from rows of (orders, mean order value); customers who paid nothing are left out.

    After `fit`: `parameters_`, `log_likelihood_`, `customers_`, `mean_`, `correlation_` of frequency and value (logs),
    and `findings_`, reasons for doubt: "no_finite_mean" (q <= 1: shrunk averages answer instead),
    "value_depends_on_frequency", "nothing_paid", "at_bound", "not_converged".
    """

    def __init__(self, estimation: Estimation = "map") -> None:
        self.estimation = estimation

    def fit(self, X: Any, y: None = None, sample_weight: Any = None) -> Self:
        """Learn from customers' orders, each row shared by `sample_weight` customers."""
        orders, mean = self._columns(validate_data(self, X, dtype=np.float64))
        weight = _check_sample_weight(sample_weight, orders, dtype=np.float64)
        paid = (orders > 0) & (mean > 0) & (weight > 0)
        orders, mean, weight = orders[paid], mean[paid], weight[paid]
        self.customers_ = float(weight.sum())
        self.mean_ = float(np.average(mean, weights=weight)) if paid.any() else 0.0
        self.correlation_ = _correlation(np.log(orders), np.log(mean), weight)
        likelihood = SpendLikelihood(orders, mean, weight)
        found = maximise(likelihood, _prior(self.mean_), self.estimation)
        self.parameters_ = SpendParameters(*np.exp(found.logs).tolist())
        self.log_likelihood_ = found.log_likelihood
        doubts = {
            "nothing_paid": not paid.any(),
            "no_finite_mean": self.parameters_.q <= 1.0,
            "value_depends_on_frequency": abs(self.correlation_) > DEPENDENT,
            "at_bound": found.at_bound,
            "not_converged": not found.converged,
        }
        self.findings_ = tuple(name for name, holds in doubts.items() if holds)
        return self

    @classmethod
    def known(cls, parameters: SpendParameters, mean: float) -> Self:
        """A model with parameters and a mean order value that were learned before."""
        model = cls()
        model.parameters_, model.mean_, model.n_features_in_ = SpendParameters(*parameters), mean, len(COLUMNS)
        return model

    @property
    def has_mean(self) -> bool:
        """Whether the model has a mean order value; else shrunk averages answer."""
        check_is_fitted(self)
        return self.parameters_.q > 1.0 and self.mean_ > 0.0

    def expected_order_value(self, X: Any) -> Floats:
        """What an order of each will be worth on average."""
        orders, mean = self._columns(validate_data(self, X, dtype=np.float64, reset=False))
        if not self.has_mean:
            return np.asarray((OWN_ORDERS * self.mean_ + orders * mean) / (OWN_ORDERS + orders))
        shape, rate = self._posterior(orders, mean)
        return np.asarray(self.parameters_.p * rate / (shape - 1.0))

    def rates(self, X: Any) -> tuple[Floats, Floats]:
        """What is known of each customer's rate nu: shape and rate of its gamma."""
        return self._posterior(*self._columns(validate_data(self, X, dtype=np.float64, reset=False)))

    def _columns(self, table: Floats) -> tuple[Floats, Floats]:
        if table.shape[1] != len(COLUMNS):
            raise ValueError(f"Spend has the columns {', '.join(COLUMNS)}; got an array of shape {table.shape}.")
        if (table < 0).any():
            raise ValueError("Orders and their mean value are not negative.")
        return table[:, 0], table[:, 1]

    def _posterior(self, orders: Floats, mean: Floats) -> tuple[Floats, Floats]:
        p, q, v = self.parameters_
        return q + p * orders, v + orders * mean


class SpendLikelihood:
    """Log-likelihood of mean order values as a function of the logs of p, q, v; also returns the gradient."""

    def __init__(self, orders: Floats, mean: Floats, weight: Floats) -> None:
        self.customers = float(weight.sum())
        self._total, self._weight = orders * mean, weight
        self._orders, place = np.unique(orders, return_inverse=True)
        self._weights = np.bincount(place, weight, minlength=len(self._orders))
        self._row_orders = orders
        self._log_mean = float((weight * np.log(mean)).sum())
        self._log_total = float((weight * orders * np.log(self._total)).sum())

    def __call__(self, log_parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood and its derivatives by the three logs."""
        p, q, v = np.exp(log_parameters)
        n, weights = self._orders, self._weights
        pooled = v + self._total
        log_pooled = np.log(pooled)
        by_row, by_order = self._weight @ log_pooled, (self._weight * self._row_orders) @ log_pooled
        terms = gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v)
        value = weights @ terms + p * self._log_total - self._log_mean - p * by_order - q * by_row
        slope_p = weights @ (n * (psi(p * n + q) - psi(p * n))) + self._log_total - by_order
        slope_q = weights @ (psi(p * n + q) - psi(q) + np.log(v)) - by_row
        slope_v = weights.sum() * q / v - (self._weight * (p * self._row_orders + q)) @ (1.0 / pooled)
        return float(value), np.array([slope_p * p, slope_q * q, slope_v * v])


def _prior(mean: float) -> Prior:
    centre = np.log(np.asarray(USUAL)) + np.array([0.0, 0.0, np.log(mean or 1.0)])
    return Prior(centre, np.asarray(WIDTH))


def _correlation(left: Floats, right: Floats, weight: Floats) -> float:
    """Weighted Pearson correlation; 0 where one side does not vary."""
    if len(left) == 0:
        return 0.0
    left, right = (side - np.average(side, weights=weight) for side in (left, right))
    spread = np.sqrt(np.average(left**2, weights=weight) * np.average(right**2, weights=weight))
    return float(np.average(left * right, weights=weight) / spread) if spread > 1e-12 else 0.0
