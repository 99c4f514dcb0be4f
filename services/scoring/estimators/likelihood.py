"""The likelihood of a buy-till-you-die model, BG/NBD or MBG/NBD, with its gradient.

Both say: customers buy at random, each at a rate of their own (gamma: r, alpha), and toss a coin of their own (beta: a,
b) that may end it: in BG/NBD after each repeat purchase (Fader, Hardie & Lee 2005), in MBG/NBD after the first one too
(Batislam, Denizel & Filiztekin 2007): one toss more survived, and the only difference in all formulas.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, psi

from services.scoring.estimators.histories import Floats, Histories, Ints, blocks

CEILING = 700.0  # the exponential of more is no number


class Parameters(NamedTuple):
    """Of the purchase rates (gamma: shape r, rate alpha) and of the drop-out probabilities (beta: a, b)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class _Block:
    x: Floats
    place: Ints
    recency: Floats
    age: Floats
    weight: Floats
    repeats: Floats


class Likelihood:
    """Log-likelihood of histories as a function of the logs of r, alpha, a, b; also returns the gradient."""

    def __init__(self, some: Histories, *, modified: bool) -> None:
        self.first_toss = int(modified)
        self.customers = some.customers
        counts = some.frequency.astype(np.intp)
        customers = np.bincount(counts, some.weight)
        self._seen = np.flatnonzero(np.bincount(counts))
        self._customers = customers[self._seen]
        place = np.searchsorted(self._seen, counts)
        self._blocks = list(_blocks(some, place))

    def __call__(self, log_parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood and its derivatives by the four logs."""
        at = Parameters(*np.exp(log_parameters))
        value, slope = self._of_counts(at)
        inverse, log_odds = self._tosses(at)
        for block in self._blocks:
            part, part_slope = _of_rows(at, block, inverse, log_odds)
            value += part
            slope += part_slope
        return value, slope * np.asarray(at)

    def _of_counts(self, at: Parameters) -> tuple[float, Floats]:
        """What depends on the number of purchases alone: special functions, once per number."""
        r, alpha, a, b = at
        x, n = self._seen.astype(np.float64), self._customers
        survived = b + x + self.first_toss
        terms = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        terms += gammaln(survived) - gammaln(b) + gammaln(a + b) - gammaln(a + survived)
        lost = psi(a + b) - psi(a + survived)
        slopes = [
            n @ (psi(r + x) - psi(r) + np.log(alpha)),
            n.sum() * r / alpha,
            n @ lost,
            n @ (lost + psi(survived) - psi(b)),
        ]
        return float(n @ terms), np.array(slopes)

    def _tosses(self, at: Parameters) -> tuple[Floats, Floats]:
        """Per number of purchases: 1 / (b + tosses survived before the last), and the log of a times that."""
        survived_before = at.b + self._seen + self.first_toss - 1.0
        tossed = self._seen + self.first_toss > 0
        inverse = np.divide(1.0, survived_before, out=np.zeros(len(self._seen)), where=tossed)
        log_odds = np.log(at.a * inverse, out=np.full(len(self._seen), -np.inf), where=tossed)
        return inverse, log_odds


def _of_rows(at: Parameters, block: _Block, inverse: Floats, log_odds: Floats) -> tuple[float, Floats]:
    """What depends on recency and age: the odds of having left after the last purchase, per row."""
    r, alpha, a, _ = at
    count, aged, bought = block.x + r, block.age + alpha, block.recency + alpha
    log_aged = np.log(aged)
    silence = log_aged - np.log(bought)
    log_left = count * silence + log_odds[block.place]
    beyond = np.maximum(log_left - CEILING, 0.0) if log_left.max() > CEILING else 0.0
    left = np.exp(log_left - beyond)
    total = left + 1.0
    gone = block.weight * (left / total)
    gone_count = gone * count
    by_age = block.weight @ log_aged
    value = block.weight @ (np.log(total) + beyond) - r * by_age - block.repeats @ log_aged
    slope_alpha = ((block.weight * count - gone_count) / aged).sum() + (gone_count / bought).sum()
    slopes = [gone @ silence - by_age, -slope_alpha, gone.sum() / a, -(gone @ inverse[block.place])]
    return float(value), np.array(slopes)


def _blocks(some: Histories, place: Ints) -> Iterator[_Block]:
    for cut in blocks(len(some)):
        x, weight = some.frequency[cut], some.weight[cut]
        yield _Block(x, place[cut], some.recency[cut], some.age[cut], weight, weight * x)
