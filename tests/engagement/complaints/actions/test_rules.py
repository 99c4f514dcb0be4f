"""What before and after say of an action."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.complaints.actions.rules import effect, recurrence
from services.engagement.complaints.actions.schemas import Recurrence

pytestmark = pytest.mark.capability("C-30")


def of(complaints: int, days: float = 90) -> Recurrence:
    return Recurrence(complaints=complaints, days=days, per_30_days=complaints * 30 / days)


def test_complaints_in_a_span_are_told_for_30_days(now: datetime) -> None:
    assert recurrence(6, now - timedelta(days=45), now).per_30_days == 4
    assert recurrence(0, now, now).per_30_days is None


def test_half_as_often_in_half_the_time_is_the_same() -> None:
    same = effect(of(40, 90), of(20, 45))
    assert same is not None
    assert same.ratio == 1
    assert same.high is not None
    assert same.low < 1 < same.high


def test_without_complaints_or_time_nothing_can_be_said() -> None:
    assert effect(of(0), of(0)) is None
    assert effect(of(5), Recurrence(complaints=0, days=0, per_30_days=None)) is None
    assert effect(of(0), of(5)) is None


@given(st.integers(1, 500), st.integers(0, 500), st.floats(7, 366), st.floats(7, 366))
def test_the_interval_holds_the_ratio(before: int, after: int, days: float, other: float) -> None:
    found = effect(of(before, days), of(after, other))
    assert found is not None
    assert found.low <= found.ratio <= (found.high if found.high is not None else float("inf"))
    assert found.ratio == pytest.approx((after / other) / (before / days), rel=1e-2, abs=1e-3)


@pytest.mark.parametrize(("rate", "ratio"), [(30, 1.0), (30, 0.5), (80, 0.8)])
def test_the_interval_covers_the_truth_in_about_95_of_100_worlds(rate: int, ratio: float) -> None:
    random = np.random.default_rng(7)
    before, after = random.poisson(rate, 1_000), random.poisson(rate * ratio, 1_000)
    found = [effect(of(int(one)), of(int(other))) for one, other in zip(before, after, strict=True)]
    held = [one is not None and one.high is not None and one.low <= ratio <= one.high for one in found]
    assert 0.93 <= sum(held) / len(held) <= 0.97
