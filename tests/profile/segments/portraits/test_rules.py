"""A portrait says how sure it is of a difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.segments.portraits.rules import difference, trait, wilson

pytestmark = pytest.mark.capability("C-06")


def test_intervals_are_those_of_the_literature() -> None:
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)  # Newcombe 1998a, table I
    assert difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)  # Newcombe 1998b, table II


def test_a_group_is_measured_against_all_who_include_it() -> None:
    found = trait("customer.gender", "f", hits=30, of=100, all_hits=200, all_of=1_000)
    assert (found.share, found.share_of_all, found.index) == pytest.approx((0.3, 0.2, 150))
    assert found.low < found.difference == pytest.approx(0.1)
    assert found.difference < found.high


def test_everybody_differs_from_nobody() -> None:
    found = trait("tier", "gold", hits=5, of=10, all_hits=5, all_of=10)
    assert (found.index, found.difference, found.low, found.high) == (100, 0, 0, 0)


counts = st.tuples(*[st.integers(0, 500)] * 4)


@given(counts)
def test_the_difference_lies_in_its_interval(some: tuple[int, int, int, int]) -> None:
    hits, misses, rest_hits, _ = some
    if hits + misses == 0 or hits + rest_hits == 0:
        return
    of, everybody = hits + misses, sum(some)
    found = trait("x", "y", hits=hits, of=of, all_hits=hits + rest_hits, all_of=everybody)
    assert -1 <= found.low <= found.difference + 1e-9
    assert found.difference <= found.high + 1e-9
