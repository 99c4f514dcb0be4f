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


def at_least(value: float, cuts: Sequence[float]) -> int:
    """1 and one more for each cut the value reaches."""
    return 1 + sum(value >= cut for cut in cuts)


def at_most(days: int, cuts: Sequence[float]) -> int:
    """1 and one more for each cut that the days do not exceed."""
    return 1 + sum(days <= cut for cut in cuts)


@lru_cache(maxsize=8)
def _day_of(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


@lru_cache(maxsize=8192)  # customers share their days
def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


@dataclass(frozen=True, slots=True)
class Today:
    """The present instant and the zone whose days count."""

    now: datetime
    zone: ZoneInfo

    def days_since(self, day: date) -> int:
        """Whole days of the zone."""
        return (_day_of(self.now, self.zone) - day).days

    def start_of(self, day: date) -> datetime:
        """When a day begins there."""
        return _start_of(day, self.zone)


def scores(statistics: Mapping[str, Any], cuts: Cuts, today: Today) -> Scores:
    """What a customer with these statistics (`last_order_on`, `orders`, `net_spend`) scores today."""
    last: date = statistics["last_order_on"]
    r = at_most(today.days_since(last), cuts.days)
    f = at_least(statistics["orders"], cuts.orders)
    m = at_least(float(statistics["net_spend"]), cuts.spend)
    until = today.start_of(last + timedelta(days=int(cuts.days[r - 2]) + 1)) if r > 1 else None
    since = today.start_of(last + timedelta(days=int(cuts.days[r - 1]) + 1)) if r < len(SCORES) + 1 else None
    return Scores(r, f, m, rfm_class(r, f, m), since, until)


def must_be_reviewed(seen: int, customers: int, measured_at: datetime, now: datetime) -> bool:
    """Whether the base grew by a fifth since it was measured, or a month has passed; never twice in an hour."""
    age = now - measured_at
    return age >= timedelta(hours=1) and (customers >= seen * 1.2 + 1 or age >= timedelta(days=30))
