"""What a training needs, without a database."""

import pytest

from services.scoring.challengers.training import rules

pytestmark = pytest.mark.capability("C-19")


@pytest.mark.parametrize(("horizon", "needed"), [(14.0, 3), (60.0, 3), (61.0, 4), (180.0, 7)])
def test_the_newest_window_is_judged_by_a_model_that_knew_no_later_outcome(horizon: float, needed: int) -> None:
    assert rules.windows_needed(horizon) == needed
    assert (needed - 1) * rules.MONTH >= horizon
    assert rules.windows_wanted(horizon) > needed


def test_windows_begin_a_horizon_after_the_first_order_and_end_yesterday() -> None:
    assert rules.closed_windows(None, 500.0, 30.0) == 0
    assert rules.closed_windows(439.0, 499.0, 30.0) == 0
    assert rules.closed_windows(439.0, 500.0, 30.0) == 1
    assert rules.closed_windows(409.0, 500.0, 30.0) == 2


def test_what_is_missing_is_named_each_by_itself() -> None:
    assert rules.missing(1_000, 3, 28.0) == []
    assert rules.missing(999, 3, 28.0) == ["1,000 customers with orders (there are 999)"]
    assert rules.missing(1_000, 2, 28.0) == ["3 monthly windows whose 28 days are over (there are 2)"]
    assert rules.missing(1_000, 3, 28.0, 199) == ["200 customers of the rarer outcome (there are 199)"]
