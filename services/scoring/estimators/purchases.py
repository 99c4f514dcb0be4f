"""Closed forms of BG/NBD and MBG/NBD: what a customer with this history will do next.

Everything follows from three facts. Of those who still are customers, rates are gamma(r + x, alpha + T), drop-out
probabilities beta(a, b + tosses survived), and a k-th purchase in the next h happens if the purchase process brings k
(negative binomial) and the k - 1 tosses before it were survived.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln

from services.scoring.estimators.expectation import expected_count
from services.scoring.estimators.histories import Floats, Histories, blocks
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.sharing import tabled

CEILING = 600.0  # whoever is silent so much longer than usual has left


@dataclass(frozen=True, slots=True)
class Process:
    """A fitted model: its parameters and whether a toss follows the first purchase, too (MBG/NBD)."""

    parameters: Parameters
    modified: bool

    def survived(self, x: Floats) -> Floats:
        """The second parameter of the beta: b and the tosses survived."""
        return self.parameters.b + x + float(self.modified)


def probability_alive(process: Process, some: Histories) -> Floats:
    """Whether the customer did not leave after his last purchase. In BG/NBD nobody leaves before a repeat purchase."""
    r, alpha, a, _ = process.parameters
    tossed = process.modified | (some.frequency > 0)
    odds = np.divide(a, process.survived(some.frequency) - 1.0, out=np.zeros_like(some.frequency), where=tossed)
    silence = (r + some.frequency) * np.log((alpha + some.age) / (alpha + some.recency))
    return np.asarray(1.0 / (1.0 + odds * np.exp(np.minimum(silence, CEILING))))


def probability_no_purchase(process: Process, some: Histories, horizon: float | Floats) -> Floats:
    """The churn score: gone, or a customer still who buys nothing in the next `horizon`, one for all or one each."""
    r, alpha, _, _ = process.parameters
    silent = (r + some.frequency) * np.log1p(horizon / (alpha + some.age))
    return 1.0 + probability_alive(process, some) * np.expm1(-silent)


def silence_surprise(process: Process, some: Histories) -> Floats:
    """The chance that somebody who is still a customer stays silent as long as this one did."""
    r, alpha, _, _ = process.parameters
    return np.asarray(((alpha + some.recency) / (alpha + some.age)) ** (r + some.frequency))


def median_time_to_next(process: Process, some: Histories) -> Floats:
    """The time within which half of such customers buy again, if they still are customers."""
    r, alpha, _, _ = process.parameters
    return np.asarray((alpha + some.age) * np.expm1(np.minimum(np.log(2.0) / (r + some.frequency), CEILING)))


def purchase_rate(process: Process, some: Histories) -> Floats:
    """Purchases per unit of time that are to be expected just now."""
    r, alpha, _, _ = process.parameters
    return probability_alive(process, some) * (r + some.frequency) / (alpha + some.age)


def expected_purchases(process: Process, some: Histories, horizon: float) -> Floats:
    """How many purchases the next `horizon` brings on average."""
    r, alpha, a, _ = process.parameters

    def if_active(frequency: Floats, age: Floats) -> Floats:
        return expected_count(r + frequency, horizon / (alpha + age), a, process.survived(frequency))

    of_active, answer = tabled(if_active, some), np.empty(len(some))
    for block in blocks(len(some)):
        answer[block] = probability_alive(process, some.at(block)) * of_active(block)
    return answer


def expected_purchases_of_newcomer(process: Process, horizons: Floats) -> Floats:
    """How many repeat purchases a random customer makes within each time of the first one."""
    r, alpha, a, b = process.parameters
    stays = b / (a + b) if process.modified else 1.0
    shape = np.full(len(horizons), r)
    return stays * expected_count(shape, horizons / alpha, a, process.survived(np.zeros(len(horizons))))


def probability_at_least(process: Process, some: Histories, horizon: float, purchases: Floats) -> Floats:
    """The chance of at least so many (> 0) purchases in the next `horizon`; broadcasts over `purchases`."""
    r, alpha, a, _ = process.parameters
    survived = process.survived(some.frequency)
    stayed = np.exp(betaln(a, survived + purchases - 1.0) - betaln(a, survived))
    brought = betainc(purchases, r + some.frequency, horizon / (alpha + some.age + horizon))
    return np.asarray(probability_alive(process, some) * stayed * brought)


def purchases_quantile(process: Process, some: Histories, horizon: float, level: float) -> Floats:
    """The smallest number of purchases that is not exceeded with probability `level`."""

    def exceeded(limit: Floats) -> npt.NDArray[np.bool_]:
        return probability_at_least(process, some, horizon, limit + 1.0) > 1.0 - level

    below, above = np.full(len(some), -1.0), np.zeros(len(some))
    while (growing := exceeded(above)).any():
        below = np.where(growing, above, below)
        above = np.where(growing, 2.0 * above + 1.0, above)
    while (open_ := above - below > 1.0).any():
        middle = np.where(open_, np.floor((below + above) / 2.0), above)
        beyond = open_ & exceeded(middle)
        below, above = np.where(beyond, middle, below), np.where(open_ & ~beyond, middle, above)
    return above
