"""Which way an action may go, and what before and after say. Pure."""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

from services.engagement.surveys.improvements.schemas import Change
from services.engagement.surveys.results.rules import MINIMUM, Z, mean
from services.engagement.surveys.results.schemas import Mean

STEPS: Mapping[str, tuple[str, ...]] = {
    "planned": ("in_progress", "cancelled"),
    "in_progress": ("done", "cancelled"),
    "done": (),
    "cancelled": (),
}


class Sample(NamedTuple):
    """Ratings of a span: how many, their mean and standard deviation."""

    n: int
    mean: float | None
    deviation: float | None


def told(sample: Sample) -> Mean:
    """The ratings of a span as they are told."""
    return mean(*sample)


def change(before: Sample, after: Sample) -> Change | None:
    """How far the mean moved, with the 95 % interval of the difference; None where either side has too few."""
    if min(before.n, after.n) < MINIMUM or before.mean is None or after.mean is None:
        return None
    points = after.mean - before.mean
    half = Z * sqrt((before.deviation or 0) ** 2 / before.n + (after.deviation or 0) ** 2 / after.n)
    return Change(points=round(points, 2), low=round(points - half, 2), high=round(points + half, 2))
