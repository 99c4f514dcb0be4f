import numpy as np
import pytest

from services.scoring.estimators.held_out import calibration_error, held_out


def test_perfect_foresight_scores_best() -> None:
    outcome = np.array([True] * 20 + [False] * 80)
    found = held_out(outcome, outcome.astype(np.float64))
    assert (found.auc, found.pr_auc, found.brier, found.ece, found.lift) == (1.0, 1.0, 0.0, 0.0, 5.0)
    assert (found.customers, found.base_rate) == (100, 0.2)


def test_the_base_rate_for_everybody_is_calibrated_and_tells_nobody_apart() -> None:
    outcome = np.array([True, False, False, False] * 25)
    found = held_out(outcome, np.full(100, 0.25))
    assert (found.auc, found.ece) == (0.5, 0.0)
    assert found.brier == pytest.approx(0.25 * 0.75)


def test_calibration_error_is_the_distance_of_told_and_true() -> None:
    outcome = np.array([True, True, False, False])
    assert calibration_error(outcome, np.array([0.7, 0.7, 0.7, 0.7])) == pytest.approx(0.2)
    assert calibration_error(outcome, np.array([1.0, 1.0, 0.0, 0.0])) == 0.0


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_alone_cannot_be_scored(outcome: bool) -> None:
    with pytest.raises(ValueError, match="Both outcomes"):
        held_out(np.full(5, outcome), np.linspace(0, 1, 5))
