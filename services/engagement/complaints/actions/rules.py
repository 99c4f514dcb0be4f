"""Which way an action may go, and what before and after say. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import sqrt

from services.engagement.complaints.actions.schemas import Effect, Recurrence

Z = 1.96  # of a 95 % interval
DAY = timedelta(days=1)
STEPS: Mapping[str, tuple[str, ...]] = {
    "open": ("in_progress", "cancelled"),
    "in_progress": ("done", "cancelled"),
    "done": (),
    "verified": (),
    "cancelled": (),
}

UNDONE = tuple(status for status, steps in STEPS.items() if steps)


def recurrence(complaints: int, begin: datetime, end: datetime) -> Recurrence:
    """Complaints opened in a span, and how many that are in 30 days."""
    days = (end - begin) / DAY
    rate = round(complaints * 30 / days, 2) if days > 0 else None
    return Recurrence(complaints=complaints, days=round(days, 2), per_30_days=rate)


def effect(before: Recurrence, after: Recurrence) -> Effect | None:
    """How many times as often it happens now.

    Given how many there were in all, those after are binomial if complaints come at constant rates (Poisson); the
    interval of that share (Wilson) is turned into one of the ratio of the rates.
    """
    n = before.complaints + after.complaints
    if not n or not before.days or not after.days:
        return None
    exposure = before.days / after.days
    share, spread = after.complaints / n, Z**2 / n
    centre = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    ratio = _odds(share, exposure)
    low, high = _odds(max(0.0, centre - half), exposure), _odds(min(1.0, centre + half), exposure)
    return None if ratio is None else Effect(ratio=ratio, low=low or 0.0, high=high)


def _odds(share: float, exposure: float) -> float | None:
    return None if share >= 1 else round(share / (1 - share) * exposure, 3)
