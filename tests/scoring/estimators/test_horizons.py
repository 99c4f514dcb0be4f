import numpy as np
import pytest

from services.scoring.estimators.horizons import horizon_of


@pytest.mark.parametrize(
    ("gaps", "days"), [([1.0] * 9, 14.0), ([30.0] * 9, 35.0), ([21.0] * 99, 21.0), ([400.0], 180.0)]
)
def test_the_horizon_is_the_gap_of_nine_in_ten_in_weeks_within_limits(gaps: list[float], days: float) -> None:
    assert horizon_of(np.array(gaps)) == days


def test_one_in_ten_may_take_longer() -> None:
    assert horizon_of(np.array([20.0] * 95 + [300.0] * 5)) == 21.0


def test_without_a_second_purchase_there_is_no_horizon() -> None:
    assert horizon_of(np.array([])) is None
