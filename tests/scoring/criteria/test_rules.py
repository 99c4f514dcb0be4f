import numpy as np
import pytest

from services.scoring.criteria import rules
from services.scoring.criteria.schemas import CriteriaScheme, Weights
from tests.scoring.people import people

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


def test_weights_of_nothing_and_cuts_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Weights(revenue=0, loyalty=0, growth=0, influence=0)
    with pytest.raises(ValueError, match="below"):
        CriteriaScheme(key=0.7)
