"""The expected number of purchases of somebody who is still a customer.

With N the purchases that the process brings and c = b + tosses survived, it is the sum over k >= 1 of
P(N >= k) (c)_{k-1} / (a + c)_{k-1}: the k-th purchase happens if the process brings it and the k - 1 tosses before it
were survived. The published form of that sum has a Gauss hypergeometric function whose arguments grow with the
purchases; by Euler's transformation they stay small. Where that form divides by next to nothing, or is far from where
its series is short, an integral over the drop-out probability answers instead.
"""

import numpy as np
from scipy.special import betaln, expit, hyp2f1, log_expit

from services.scoring.estimators.histories import Floats, blocks

NEAR, LARGE = 1e-4, (100.0, 500.0)  # where the closed form was found right to seven digits
FAR = 9.0  # beyond it SciPy continues the series from 1, which loses digits where shape - a is close to an integer
NODES = 256
TAIL = 40.0  # e to the minus this is nothing


def expected_count(shape: Floats, ratio: Floats, a: float, survived: Floats) -> Floats:
    """For N negative binomial with this shape and horizon / (alpha + T) = `ratio`."""
    answer = np.empty_like(shape)
    closed = (ratio <= FAR) & (np.abs(a - 1.0 + survived) > NEAR) & (np.abs(a - 1.0 + survived - shape) < LARGE[1])
    closed &= NEAR < abs(a - 1.0) < LARGE[0]
    for rows, method in ((closed, _in_closed_form), (~closed, _by_quadrature)):
        where = np.flatnonzero(rows)
        for block in blocks(len(where)):
            part = where[block]
            answer[part] = method(shape[part], ratio[part], a, survived[part])
    return answer


def _in_closed_form(shape: Floats, ratio: Floats, a: float, survived: Floats) -> Floats:
    """Fader, Hardie & Lee (2005), equation 10, transformed."""
    more, all_ = a - 1.0, a - 1.0 + survived
    shrunk = hyp2f1(more, all_ - shape, all_, ratio / (1.0 + ratio)) * (1.0 + ratio) ** -more
    return np.asarray(all_ / more * (1.0 - shrunk))


def _by_quadrature(shape: Floats, ratio: Floats, a: float, survived: Floats) -> Floats:
    """The integral over the drop-out probability p of (1 - (1 + p ratio)^-shape) / p.

    In logit(p) the integrand is smooth with exponential tails, where equal steps are as good as any rule; beyond the
    last steps the tails are geometric series.
    """
    mode, spread = np.log(a / survived), 9.0 * np.sqrt(1.0 / a + 1.0 / survived)
    low = np.maximum(mode - TAIL / a - spread, -TAIL - np.log1p(shape * ratio))
    high = np.minimum(mode + TAIL / survived + spread, TAIL)
    step, logit = (high - low) / (NODES - 1), np.linspace(low, high, NODES)
    p = expit(logit)
    log_density = a * log_expit(logit) + survived * log_expit(-logit) - betaln(a, survived)
    heights = np.exp(log_density) * -np.expm1(-shape * np.log1p(p * ratio)) / p
    tails = heights[0] * _geometric(a * step) + heights[-1] * _geometric(survived * step)
    return np.asarray((heights.sum(axis=0) + tails) * step)


def _geometric(decay: Floats) -> Floats:
    """The sum of e^(-decay k) over k >= 1."""
    return np.asarray(np.exp(-decay) / -np.expm1(-decay))
