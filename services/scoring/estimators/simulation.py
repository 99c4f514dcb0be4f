"""Customers of a known world: what a model must find again, and what benchmarks run on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.gamma_gamma import SpendParameters
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.likelihood import Parameters


@dataclass(frozen=True, slots=True)
class Simulated:
    """Histories as (frequency, recency, age) rows, who still is a customer, and purchases in the time that follows."""

    history: Floats
    alive: npt.NDArray[np.bool_]
    later: Floats

    def on_grid(self) -> Floats:
        """The histories as a shop sees them that counts whole days."""
        return np.asarray(np.ceil(self.history))


def simulate(
    random: np.random.Generator, parameters: Parameters, ages: Floats, *, modified: bool = True, horizon: float = 0.0
) -> Simulated:
    """One customer of a BG/NBD or MBG/NBD world per age; with `a` 0 nobody leaves."""
    r, alpha, a, b = parameters
    rate = random.gamma(r, 1.0 / alpha, len(ages))
    leaves_after = _last_purchase(random, random.beta(a, b, len(ages)) if a > 0 else np.zeros(len(ages)))
    leaves_after -= float(modified)
    bought = random.poisson(rate * ages).astype(np.float64)
    frequency = np.minimum(bought, leaves_after)
    # Given their number, purchases fall anywhere: the last one counted is an order statistic of uniforms.
    place = random.beta(np.maximum(frequency, 1.0), bought - frequency + 1.0)
    recency = np.where(frequency > 0, place * ages, 0.0)
    alive = bought < leaves_after
    later = np.minimum(random.poisson(rate * horizon), leaves_after - frequency) * alive
    return Simulated(np.column_stack([frequency, recency, ages]), alive, later)


def simulate_spend(random: np.random.Generator, parameters: SpendParameters, orders: Floats) -> Floats:
    """Rows of (orders, mean order value) of a Gamma-Gamma world, one customer per number of orders (> 0)."""
    p, q, v = parameters
    rate = random.gamma(q, 1.0 / v, len(orders))
    return np.column_stack([orders, random.gamma(p * orders, 1.0 / (rate * orders))])


def _last_purchase(random: np.random.Generator, probability: Floats) -> Floats:
    """The toss that ends it, from 1; infinite where the probability is 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.floor(np.log(random.random(len(probability))) / np.log1p(-probability)) + 1.0)
