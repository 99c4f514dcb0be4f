"""Shares and their intervals. Pure."""

from math import sqrt

from services.engagement.complaints.reports.schemas import MetricRow
from services.engagement.slas.policies.schemas import Metric

Z = 1.96  # of a 95 % interval


def kept(metric: Metric, clocks: int, in_time: int) -> MetricRow:
    """How often a promise was kept, with the 95 % interval of that share (Wilson)."""
    if not clocks:
        return MetricRow(metric=metric, clocks=0, in_time=0, hit_rate=None, low=None, high=None)
    share, spread = in_time / clocks, Z**2 / clocks
    centre = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / clocks + spread / (4 * clocks)) / (1 + spread)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return MetricRow(
        metric=metric, clocks=clocks, in_time=in_time, hit_rate=round(share, 4), low=round(low, 4), high=round(high, 4)
    )
