"""Percentiles by mid-rank, from frozen scales. Pure.

The percentile of a number is the share of customers below it and half of those who share it, so equal customers are
equal whatever the order of rows, and a scale by money is the same in every currency. A scale keeps at most `KNOTS`
numbers with their percentiles and interpolates between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.histories import Floats

KNOTS = 257
LEVELS = ("low", "medium", "high")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers in ascending order and their percentiles."""

    values: Floats
    shares: Floats

    @classmethod
    def of(cls, values: Floats) -> "Scale":
        """The scale of all known values; NaN is not known."""
        distinct, counts = np.unique(values[~np.isnan(values)], return_counts=True)
        if len(distinct) == 0:
            return cls(np.empty(0), np.empty(0))
        reached = np.cumsum(counts)
        shares = (reached - counts / 2.0) / reached[-1]
        if len(distinct) <= KNOTS:
            return cls(distinct, shares)
        kept = np.unique(np.searchsorted(shares, np.linspace(shares[0], shares[-1], KNOTS)))
        return cls(distinct[kept], shares[kept])

    def percentile(self, values: Floats) -> Floats:
        """Of each value; NaN where it or the scale is not known."""
        if len(self.values) == 0:
            return np.full(len(values), np.nan)
        shares = np.interp(values, self.values, self.shares, left=0.0, right=1.0)
        return np.asarray(np.where(np.isnan(values), np.nan, shares))

    def value_at(self, share: float) -> float:
        """The number that this share of customers stays below."""
        return float(np.interp(share, self.shares, self.values)) if len(self.values) else float("nan")


class Scales(Protocol):
    """Where percentiles come from."""

    def percentile(self, name: str, values: Floats) -> Floats:
        """The percentile of each value on a named scale."""
        ...

    def value_at(self, name: str, share: float) -> float:
        """The number that this share of customers stays below."""
        ...


@dataclass(frozen=True, slots=True)
class Frozen:
    """Scales as a review left them; one that is missing knows nothing."""

    scales: Mapping[str, Scale]

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> "Frozen":
        """From plain JSON."""
        return cls({name: Scale(np.array(one["values"]), np.array(one["shares"])) for name, one in content.items()})

    def percentile(self, name: str, values: Floats) -> Floats:
        """The percentile of each value on a named scale."""
        scale = self.scales.get(name)
        return np.full(len(values), np.nan) if scale is None else scale.percentile(values)

    def value_at(self, name: str, share: float) -> float:
        """The number that this share of customers stays below."""
        scale = self.scales.get(name)
        return float("nan") if scale is None else scale.value_at(share)


UNMEASURED = Frozen({})


@dataclass(frozen=True, slots=True)
class Freezing:
    """Scales that are made of the first values they are asked about: those of all customers."""

    made: dict[str, Scale] = field(default_factory=dict)

    def percentile(self, name: str, values: Floats) -> Floats:
        """The percentile of each value among these values."""
        self.made[name] = Scale.of(values)
        return self.made[name].percentile(values)

    def value_at(self, name: str, share: float) -> float:
        """The number that this share of these customers stays below."""
        return self.made[name].value_at(share)

    def content(self) -> dict[str, Any]:
        """As plain JSON."""
        return {name: {"values": one.values.tolist(), "shares": one.shares.tolist()} for name, one in self.made.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of evidence from 0 to 1, and its weight; a part of weight 0 explains without counting."""

    weight: float
    score: Floats


def blended(parts: Mapping[str, Part]) -> Floats:
    """The weighted mean of the parts that are known; NaN where none is."""
    scores = np.array([part.score for part in parts.values()])
    weights = np.array([part.weight for part in parts.values()])[:, None] * ~np.isnan(scores)
    total = weights.sum(axis=0)
    sums = (np.nan_to_num(scores) * weights).sum(axis=0)
    return np.asarray(np.divide(sums, total, out=np.full(scores.shape[1], np.nan), where=total > 0))


def graded(score: Floats, low: float, high: float, before: npt.NDArray[np.str_], margin: float) -> npt.NDArray[np.str_]:
    """high, medium, low or unknown. A level is entered at its cut and left `margin` below it, so none flickers."""
    reached, held = (_steps(score, low - off, high - off) for off in (0.0, margin))
    had = np.select([before == name for name in LEVELS], list(range(len(LEVELS))), default=0)
    step = np.maximum(reached, np.minimum(had, held))
    return np.asarray(np.where(np.isnan(score), UNKNOWN, np.array(LEVELS)[step]))


def _steps(score: Floats, low: float, high: float) -> npt.NDArray[np.intp]:
    return np.asarray((score >= low).astype(np.intp) + (score >= high), dtype=np.intp)
