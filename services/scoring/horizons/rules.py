"""H of each of many customers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.histories import Floats
from services.scoring.estimators.horizons import WEEK
from services.scoring.horizons.schemas import HorizonsScheme, Rhythm, Source


@dataclass(frozen=True, slots=True)
class OwnHorizons:
    """H of each customer in days, what it comes from, and the category that most of their lines are of ("": none)."""

    days: Floats
    sources: npt.NDArray[np.str_]
    categories: npt.NDArray[np.str_]

    @classmethod
    def joined(cls, parts: Sequence["OwnHorizons"]) -> "OwnHorizons":
        """Those of several sets of customers as one."""
        columns = zip(*((one.days, one.sources, one.categories) for one in parts), strict=True)
        return cls(*map(np.concatenate, columns))


@dataclass(frozen=True, slots=True)
class Horizons:
    """The rule that H follows from. `usual` is that of who has neither a rhythm nor a category with an H of its own."""

    usual: float
    source: Source
    categories: Mapping[str, float]
    rhythm: Rhythm | None

    @classmethod
    def of(cls, scheme: HorizonsScheme, measured: float) -> "Horizons":
        """As a scheme says, over what was measured of everybody."""
        source: Source = "measured" if scheme.horizon_days is None else "scheme"
        usual = float(scheme.horizon_days or measured)
        return cls(usual, source, scheme.category_horizon_days, scheme.rhythm)

    def told(self, order_days: Floats, gap_median: Floats, categories: Sequence[str | None]) -> OwnHorizons:
        """H of each customer, the first that there is of rhythm, category and the usual one."""
        names = np.array([one or "" for one in categories], dtype=np.str_)
        of_category = np.array([self.categories.get(one or "", np.nan) for one in categories], dtype=np.float64)
        rhythm = np.full(len(names), np.nan) if self.rhythm is None else _weeks(self.rhythm, order_days, gap_median)
        known = [~np.isnan(rhythm), ~np.isnan(of_category)]
        days = np.select(known, [rhythm, of_category], default=self.usual)
        return OwnHorizons(days, np.select(known, ["rhythm", "category"], default=self.source), names)


def _weeks(rhythm: Rhythm, order_days: Floats, gap_median: Floats) -> Floats:
    """Whole weeks: as few different horizons as that makes, as few times must be predicted."""
    weeks = np.ceil(rhythm.multiple * gap_median / WEEK - 1e-9)
    bounded = np.clip(weeks * WEEK, rhythm.shortest_days, rhythm.longest_days)
    return np.where(order_days > rhythm.least_gaps, bounded, np.nan)
