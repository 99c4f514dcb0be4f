from collections import Counter

import numpy as np
import pytest

from services.scoring.estimators.orderlogs import summarise
from services.scoring.models.rules import UNKNOWN_HORIZON, Base, PurchaseModel, fitted, margin_share, prior
from tests.scoring.estimators.cdnow import sample

pytestmark = pytest.mark.capability("C-12")


def base(customers: int) -> Base:
    """The first so many customers of the CDNOW sample, in days, as the statement answers them."""
    known = summarise(sample(), 39.0)
    histories = Counter(map(tuple, np.rint(known.history[:customers] * [1, 7, 7]).tolist()))
    spend = Counter(map(tuple, known.spend()[:customers].tolist()))
    return Base(
        histories=[(*row, count) for row, count in histories.items()],
        spend=[(*row, count) for row, count in spend.items()],
        usual_gap=130.0,
        margin=(0.0, 0.0, 1.0),
    )


def test_a_base_of_some_size_is_fitted_and_says_so() -> None:
    model, card = fitted(base(2_357))
    assert (model.rung.level, model.horizon_days, card["customers"]) == (3, 133.0, 2_357)
    assert card["confidence"] == "high"
    r, alpha, a, b = model.counts.parameters_
    # Batislam et al. (2007) for CDNOW: r .525, alpha 6.183 weeks, a .891, b 1.614; the weak prior moves it little.
    assert (r, alpha / 7, a, b) == pytest.approx((0.525, 6.183, 0.891, 1.614), rel=0.05)


def test_a_handful_of_customers_is_answered_by_the_prior_with_low_confidence() -> None:
    model, card = fitted(base(12))
    assert (model.rung.level, model.rung.confidence, card["method"]) == (1, "low", "L1")
    assert np.isfinite(model.value.expected(np.array([[1.0, 20.0, 60.0]]), np.array([[2.0, 30.0]]), 365.0)).all()


@pytest.mark.parametrize("customers", [12, 2_357])
def test_a_model_loaded_from_its_content_predicts_the_same(customers: int) -> None:
    model, _ = fitted(base(customers))
    again = PurchaseModel.load(model.content())
    rows, spend = np.array([[2.0, 100.0, 200.0], [0.0, 0.0, 30.0]]), np.array([[3.0, 40.0], [1.0, 20.0]])
    assert again.counts.expected_purchases(rows, 90).tolist() == model.counts.expected_purchases(rows, 90).tolist()
    assert again.value.expected(rows, spend, 90).tolist() == model.value.expected(rows, spend, 90).tolist()
    assert (again.horizon_days, again.rung, again.findings) == (model.horizon_days, model.rung, model.findings)


def test_before_anybody_bought_the_prior_answers_anyway() -> None:
    model = prior()
    assert model.horizon_days == UNKNOWN_HORIZON
    assert 0 < model.counts.probability_no_purchase(np.array([[0.0, 0.0, 10.0]]), 90.0)[0] < 1


def test_a_margin_is_told_once_half_of_the_sales_have_a_cost() -> None:
    assert margin_share(20.0, 50.0, 100.0) == 0.4
    assert margin_share(20.0, 49.0, 100.0) is None
    assert margin_share(0.0, 0.0, 0.0) is None
