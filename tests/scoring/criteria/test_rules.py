from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from services.scoring.criteria import rules
from services.scoring.criteria.schemas import CriteriaScheme, Weights
from tests.scoring.people import TODAY, people

pytestmark = pytest.mark.capability("C-14")
FRESH = np.full(5, "")


def test_classes_begin_at_their_percentiles() -> None:
    shares = np.array([0.39, 0.40, 0.80, 0.95, np.nan])
    assert rules.classes(shares, CriteriaScheme(), FRESH).tolist() == ["low", "medium", "high", "key", "unknown"]


def test_a_class_is_kept_a_margin_below_its_cut() -> None:
    shares, before = np.array([0.94, 0.92, 0.79, 0.77, 0.95]), np.array(["key", "key", "high", "high", "low"])
    assert rules.classes(shares, CriteriaScheme(), before).tolist() == ["key", "high", "high", "medium", "key"]


def test_what_a_customer_brought_is_margin_less_service_where_costs_are_known_else_revenue() -> None:
    some = people(2, spend_12m=[1000.0, 1000.0], net_spend=[1500.0, 1500.0], cost_to_serve=[30.0, 30.0])
    numbers = {"clv_12m": np.array([500.0, 500.0]), "margin_12m": np.array([200.0, np.nan])}
    assert rules.direct(some, numbers).tolist() == [1000 * 0.4 - 20, 1000.0]


def growth(**columns: list[float]) -> list[float]:
    """The growth of customers of equal potential, by what else is known of them."""
    size = len(next(iter(columns.values())))
    dimensions: Any = {"potential": SimpleNamespace(percentile=np.full(size, 0.5))}
    found: list[float] = rules._growth(people(size, **columns), dimensions).round(4).tolist()
    return found


def test_an_open_opportunity_raises_growth_by_what_it_may_bring_beside_the_spend() -> None:
    found = growth(
        open_opportunities=[0.0, 1.0, 1.0], opportunity_value=[0.0, 100.0, 900.0], spend_12m=[100.0, 100.0, 100.0]
    )
    assert found == [0.5, round((0.7 * 0.5 + 0.3 * 0.75) / 1.0, 4), round((0.7 * 0.5 + 0.3 * 0.95) / 1.0, 4)]


def test_what_is_known_of_an_organisation_counts_and_grows_old() -> None:
    nan = float("nan")
    found = growth(
        industry_outlook=[nan, 1.0, 1.0, 0.0, 1.0],
        industry_outlook_on=[nan, TODAY, TODAY - 365, TODAY, TODAY - 1_096],
        business_condition=[nan, nan, 0.0, 0.0, nan],
        business_condition_on=[nan, nan, TODAY, TODAY, nan],
    )
    outlooks = (1.0, 0.5 / 1.5, 0.0)
    assert found == [0.5, *(round(0.7 * 0.5 + 0.3 * one, 4) for one in outlooks), 0.5]


def test_a_budget_that_is_spent_elsewhere_is_room_to_grow() -> None:
    found = growth(budget=[1000.0, 1000.0, 0.0], budget_on=[TODAY] * 3, spend_12m=[0.0, 2000.0, 10.0])
    assert found == [round(0.35 + 0.3, 4), 0.35, 0.5]


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_the_intention_to_buy_again_counts_for_loyalty(answer: float) -> None:
    dimensions: Any = {
        "loyalty": SimpleNamespace(percentile=np.array([0.5])),
        "satisfaction": SimpleNamespace(value=np.array([np.nan])),
    }
    found = rules._loyalty(people(1, repurchase=[answer]), dimensions)
    assert found.tolist() == pytest.approx([(0.5 * 0.5 + 0.25 * answer) / 0.75])


def test_weights_of_nothing_and_cuts_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Weights(revenue=0, loyalty=0, growth=0, influence=0)
    with pytest.raises(ValueError, match="below"):
        CriteriaScheme(key=0.7)
