"""Customers by column. Every number is a float, NaN where it is not known; days count from 1970, business days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.histories import Floats
from services.scoring.horizons.rules import OwnHorizons

EPOCH = date(1970, 1, 1)
SECONDS_A_DAY = 86_400.0
Texts = npt.NDArray[np.str_]
Truths = npt.NDArray[np.bool_]


# What is known of organisations by day, from 0 (bad) to 1; a budget is an amount.
GRADES: Mapping[str, Mapping[str, float]] = {
    "business_condition": {"good": 1.0, "fair": 0.5, "poor": 0.0},
    "industry_outlook": {"growing": 1.0, "stable": 0.5, "shrinking": 0.0},
    "purchase_intention": {"high": 1.0, "medium": 2 / 3, "low": 1 / 3, "none": 0.0},
}
DATED = (*GRADES, "budget")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of some customers at an instant: the statistics, what happened lately, the archive, and H."""

    customer_ids: Sequence[UUID]
    now: datetime
    zone: ZoneInfo
    columns: Mapping[str, Floats]
    horizons: OwnHorizons

    def __len__(self) -> int:
        return len(self.customer_ids)

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]

    def known(self, name: str) -> Floats:
        """A column with 0 where it is not known."""
        column = self.columns[name]
        return np.where(np.isnan(column), 0.0, column)

    @property
    def today(self) -> float:
        """The present business day."""
        return float((self.now.astimezone(self.zone).date() - EPOCH).days)

    @property
    def instant(self) -> float:
        """Now, in days since 1970 UTC: what the columns that end in `_at` are given in."""
        return self.now.timestamp() / SECONDS_A_DAY

    @property
    def buyers(self) -> Truths:
        """Who has a counted order."""
        return np.asarray(self.known("orders") > 0)

    @property
    def histories(self) -> Floats:
        """Rows of (frequency, recency, age) in days, 0 for who has not bought. Two orders of a day are one purchase."""
        first, last = self["first_order_on"], self["last_order_on"]
        frequency, recency = np.maximum(self.known("order_days") - 1.0, 0.0), last - first
        age = np.maximum(self.today - first, recency)
        return np.asarray(np.nan_to_num(np.column_stack([frequency, np.where(frequency > 0, recency, 0.0), age])))

    @property
    def spend(self) -> Floats:
        """Rows of (order days, mean net value of one)."""
        days = self.known("order_days")
        return np.column_stack([days, np.maximum(self.known("net_spend"), 0.0) / np.maximum(days, 1.0)])


def dated(facts: Sequence[Mapping[str, Any] | None]) -> dict[str, Floats]:
    """What is known of organisations, by kind, and as `{kind}_on` of which day."""
    names = [name for kind in DATED for name in (kind, f"{kind}_on")]
    columns = {name: np.full(len(facts), np.nan) for name in names}
    for at, some in enumerate(facts):
        for kind in DATED if some else ():
            one = some.get(kind) if some else None
            if one is not None:
                columns[kind][at] = _graded(kind, one["value"])
                columns[f"{kind}_on"][at] = (date.fromisoformat(one["as_of"]) - EPOCH).days
    return columns


def _graded(kind: str, value: Any) -> float:
    return GRADES[kind].get(value, np.nan) if kind in GRADES else float(value)


def joined(parts: Sequence[Evidence]) -> Evidence:
    """Several sets of customers as one."""
    first = parts[0]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in first.columns}
    people, horizons = [one for part in parts for one in part.customer_ids], [part.horizons for part in parts]
    return Evidence(people, first.now, first.zone, columns, OwnHorizons.joined(horizons))
