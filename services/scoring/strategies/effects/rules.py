"""Comparing the means of two groups whose spread differs: Welch's interval. Pure."""

import math
from dataclasses import dataclass

from scipy import stats

TAIL = 0.975


@dataclass(frozen=True, slots=True)
class Sample:
    """How many customers, and mean and variance (n - 1) of what they bought."""

    customers: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Lift:
    """The difference of two means with its 95 % interval; `relative` to the mean without."""

    difference: float
    low: float
    high: float
    relative: float | None


def lift(applied: Sample, without: Sample) -> Lift | None:
    """How much more was bought with than without; None while a group has fewer than two customers."""
    if min(applied.customers, without.customers) < 2:
        return None
    difference = applied.mean - without.mean
    parts = [one.variance / one.customers for one in (applied, without)]
    error = math.sqrt(sum(parts))
    margin = error * float(stats.t.ppf(TAIL, _freedom(parts, applied, without))) if error > 0 else 0.0
    relative = difference / without.mean if without.mean > 0 else None
    return Lift(difference, difference - margin, difference + margin, relative)


def _freedom(parts: list[float], *samples: Sample) -> float:
    """Degrees of freedom after Welch and Satterthwaite."""
    spread = sum(part**2 / (one.customers - 1) for part, one in zip(parts, samples, strict=True))
    return float(sum(parts) ** 2 / spread)
