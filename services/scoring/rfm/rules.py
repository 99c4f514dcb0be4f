"""Scores and classes from frozen cuts. Pure: no base, no clock, no rows.

A score is 1 + floor(5p), at most 5, with p the mid-rank percentile of the value among all customers with a counted
order: equal values share a score, whatever their number. Cuts freeze that: a score's cut is the smallest value of the
base that reached it, so later customers are told apart by the same marks until the next review. Where ties keep the
whole base below a score, its cut lies just beyond the best value: in a shop where everybody bought once, the first who
buys twice scores 5 at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from services.scoring.estimators.histories import Floats

EPOCH = date(1970, 1, 1)
SCORES = (2, 3, 4, 5)

# Rows by r from 5 down, columns by the half-up mean of f and m from 1 up: the eleven classes in common use.
CLASSES: Mapping[int, Sequence[str]] = {
    5: ("new", "potential_loyalist", "potential_loyalist", "champion", "champion"),
    4: ("promising", "potential_loyalist", "loyal", "loyal", "champion"),
    3: ("about_to_sleep", "need_attention", "need_attention", "loyal", "loyal"),
    2: ("hibernating", "about_to_sleep", "at_risk", "at_risk", "at_risk"),
    1: ("lost", "hibernating", "at_risk", "cannot_lose", "cannot_lose"),
}


@dataclass(frozen=True, slots=True)
class Cuts:
    """The marks for scores 2 to 5: days since the last order (at most), orders and net spend (at least)."""

    days: tuple[float, ...]
    orders: tuple[float, ...]
    spend: tuple[float, ...]
    customers: int
    as_of: str

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> "Cuts":
        """From the content of a `bands` scheme."""
        marks = {name: tuple(content[name]) for name in ("days", "orders", "spend")}
        return cls(**marks, customers=content["customers"], as_of=content["as_of"])

    def content(self) -> dict[str, Any]:
        """As the content of a `bands` scheme."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scores:
    """What one customer scores. Time alone lowered r to this at `since` (None for 5) and lowers it again at `until`."""

    r: int
    f: int
    m: int
    rfm_class: str
    since: datetime | None
    until: datetime | None


def rfm_class(r: int, f: int, m: int) -> str:
    """The class of three scores."""
    return CLASSES[r][(f + m + 1) // 2 - 1]


def scores(statistics: Mapping[str, Floats], cuts: Cuts, now: datetime, zone: ZoneInfo) -> list[Scores | None]:
    """What customers with these statistics (`last_order_on` in days since 1970, `orders`, `net_spend`) score now.

    None without a counted order. Days are those of the zone.
    """
    last, orders = statistics["last_order_on"], statistics["orders"]
    today = (now.astimezone(zone).date() - EPOCH).days
    r = _reached(last - today, [-most for most in cuts.days])
    f, m = _reached(orders, cuts.orders), _reached(statistics["net_spend"], cuts.spend)
    rows = zip(orders.tolist(), last.tolist(), zip(r, f, m, strict=True), strict=True)
    return [_scores(day, marks, cuts.days, zone) if count > 0 else None for count, day, marks in rows]


def _reached(values: Floats, cuts: Sequence[float]) -> list[int]:
    """1 and one more for each cut that a value reaches."""
    found: list[int] = (1 + np.sum(values[:, None] >= np.asarray(cuts), axis=1)).tolist()
    return found


@lru_cache(maxsize=8192)  # customers share their days
def _scores(last: float, marks: tuple[int, int, int], days: tuple[float, ...], zone: ZoneInfo) -> Scores:
    r, f, m = marks
    until = _end_of(last + int(days[r - 2]), zone) if r > 1 else None
    since = _end_of(last + int(days[r - 1]), zone) if r < len(SCORES) + 1 else None
    return Scores(r, f, m, rfm_class(r, f, m), since, until)


def _end_of(day: float, zone: ZoneInfo) -> datetime:
    return datetime.combine(EPOCH + timedelta(days=day + 1), time(), zone)


def must_be_reviewed(seen: int, customers: int, measured_at: datetime, now: datetime) -> bool:
    """Whether the base grew by a fifth since it was measured, or a month has passed; never twice in an hour."""
    age = now - measured_at
    return age >= timedelta(hours=1) and (customers >= seen * 1.2 + 1 or age >= timedelta(days=30))
