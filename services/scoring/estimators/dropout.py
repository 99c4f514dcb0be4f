"""Whether the data show at all that customers leave."""

import numpy as np
from scipy.special import gammaln, psi

from services.scoring.estimators.fitting import Prior, maximise
from services.scoring.estimators.histories import Floats, Histories

LIKELIHOOD_RATIO = 5.99  # chi squared, two degrees of freedom, 5 %


def visible(some: Histories, log_likelihood: float, start: Floats) -> bool:
    """Whether a model of this likelihood beats the best one in which nobody leaves (NBD), tried from logs `start`."""
    plain = maximise(StayLikelihood(some), Prior(start, np.ones(2)), "ml")
    return 2.0 * (log_likelihood - plain.log_likelihood) > LIKELIHOOD_RATIO


class StayLikelihood:
    """Log-likelihood of the NBD, where nobody leaves, as a function of the logs of r and alpha; also its gradient."""

    def __init__(self, some: Histories) -> None:
        self.customers = some.customers
        counts = some.frequency.astype(np.intp)
        customers = np.bincount(counts, some.weight)
        self._x = np.flatnonzero(customers).astype(np.float64)
        self._customers = customers[customers > 0]
        self._age, self._weight, self._repeats = some.age, some.weight, some.weight * some.frequency

    def __call__(self, log_parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood and its derivatives by the two logs."""
        r, alpha = np.exp(log_parameters)
        n, aged = self._customers, self._age + alpha
        log_aged, exposure = np.log(aged), r * self._weight + self._repeats
        value = n @ (gammaln(r + self._x) - gammaln(r)) + n.sum() * r * np.log(alpha) - exposure @ log_aged
        slope_r = n @ (psi(r + self._x) - psi(r) + np.log(alpha)) - self._weight @ log_aged
        slope_alpha = n.sum() * r / alpha - exposure @ (1.0 / aged)
        return float(value), np.array([slope_r * r, slope_alpha * alpha])
