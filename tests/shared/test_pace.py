"""Loops rest in proportion to their work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pace import LONGEST, TIMES, rest

SECONDS = st.floats(0, 100)


@pytest.mark.parametrize(
    ("worked", "expected"), [(0.0, 0.2), (0.02, 0.2), (0.05, 0.4), (0.1, LONGEST), (0.5, LONGEST), (30.0, LONGEST)]
)
def test_a_round_is_followed_by_eight_times_as_much_rest_within_limits(worked: float, expected: float) -> None:
    assert rest(worked, 0.2) == pytest.approx(expected)


@given(SECONDS, st.floats(0, 0.4))
def test_short_rounds_take_a_bounded_share_of_the_time(worked: float, least: float) -> None:
    rested = rest(worked, least)
    assert rested >= least
    assert worked > LONGEST / TIMES or worked / (worked + rested or 1) <= 1 / (1 + TIMES) + 1e-9
