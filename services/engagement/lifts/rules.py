"""Differences against the hold-out and how sure they are. Pure."""

from dataclasses import dataclass
from math import inf, sqrt

from scipy.special import stdtrit

Z = 1.959963984540054
UPPER = 0.975


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of a group; `squares` is the sum of the squared revenues of its members."""

    assigned: int = 0
    sent: int = 0
    converted: int = 0
    revenue: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more than the hold-out, with its interval of 95 %."""

    by: float
    low: float
    high: float


def conversion_lift(group: Tally, holdout: Tally) -> Difference | None:
    """Difference of the shares that ordered (Newcombe's interval); None where a group is empty."""
    if not (group.assigned and holdout.assigned):
        return None
    share, other = group.converted / group.assigned, holdout.converted / holdout.assigned
    (low, high), (other_low, other_high) = _wilson(group), _wilson(holdout)
    below = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return Difference(share - other, share - other - below, share - other + above)


def revenue_lift(group: Tally, holdout: Tally) -> Difference | None:
    """Difference of the revenue per head (Welch's interval); None where a group has fewer than two members."""
    if min(group.assigned, holdout.assigned) < 2:
        return None
    spread, other = _variance_of_mean(group), _variance_of_mean(holdout)
    by = group.revenue / group.assigned - holdout.revenue / holdout.assigned
    error = spread + other
    parts = spread**2 / (group.assigned - 1) + other**2 / (holdout.assigned - 1)
    half = float(stdtrit(error**2 / parts if parts else inf, UPPER)) * sqrt(error) if error else 0.0
    return Difference(by, by - half, by + half)


def _wilson(of: Tally) -> tuple[float, float]:
    share, square = of.converted / of.assigned, Z * Z
    middle = (share + square / (2 * of.assigned)) / (1 + square / of.assigned)
    half = Z * sqrt(share * (1 - share) / of.assigned + square / (4 * of.assigned**2)) / (1 + square / of.assigned)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _variance_of_mean(of: Tally) -> float:
    mean = of.revenue / of.assigned
    return max(of.squares - of.assigned * mean**2, 0.0) / (of.assigned - 1) / of.assigned
