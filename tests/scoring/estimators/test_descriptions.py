from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.descriptions import Condition, Leaf, describe, readable
from services.scoring.estimators.histories import Floats

OPS = {"at_least": np.greater_equal, "at_most": np.less_equal, "less_than": np.less, "more_than": np.greater}
FIELDS = ("orders.count", "days_since")


def selected(rule: dict[str, Any], table: Floats) -> Any:
    """Whom a segment with this rule holds."""
    held = [OPS[one["op"]](table[:, FIELDS.index(one["field"])], one["value"]) for one in rule["all"]]
    return np.logical_and.reduce([np.ones(len(table), dtype=bool), *held])


def shop(seed: int = 1) -> tuple[Floats, Any]:
    """Who ordered more than 5 times, the last time within 30 days, is loyal."""
    random = np.random.default_rng(seed)
    table = np.column_stack([random.poisson(5, 2_000), random.exponential(40, 2_000)])
    return table, np.where((table[:, 0] > 5) & (table[:, 1] <= 30), "loyal", "other")


@pytest.mark.capability("C-20")
def test_a_tree_tells_a_group_by_its_conditions() -> None:
    table, group = shop()
    loyal = next(leaf for leaf in describe(table, FIELDS, group) if leaf.outcome == "loyal")
    assert loyal.rule() == {
        "all": [
            {"field": "orders.count", "op": "more_than", "value": 5.0},
            {"field": "days_since", "op": "at_most", "value": 30.0},
        ]
    }
    assert loyal.purity == 1.0
    assert loyal.share == pytest.approx((group == "loyal").mean())


@pytest.mark.capability("C-20")
@given(st.integers(0, 50), st.integers(1, 4))
def test_a_segment_with_the_rule_of_a_leaf_holds_exactly_its_customers(seed: int, depth: int) -> None:
    random = np.random.default_rng(seed)
    table = np.column_stack([random.poisson(3, 300), random.lognormal(3, 1, 300)]).astype(np.float64)
    group = (table[:, 0] * random.uniform(0.5, 2.0, 300) > 3).astype(int)
    leaves = describe(table, FIELDS, group, depth=depth)
    held = np.array([selected(leaf.rule(), table) for leaf in leaves])
    assert (held.sum(axis=0) == 1).all()
    for leaf, some in zip(leaves, held, strict=True):
        assert leaf.share == pytest.approx(some.mean())
        assert leaf.purity == pytest.approx((group[some] == leaf.outcome).mean())


def test_no_leaf_is_smaller_than_asked() -> None:
    table, _ = shop()
    noise = np.random.default_rng(2).integers(0, 3, len(table))
    assert min(leaf.share for leaf in describe(table, FIELDS, noise, depth=5, smallest=0.1)) >= 0.1


def test_one_outcome_alone_needs_no_condition() -> None:
    assert describe([[1.0, 2.0], [3.0, 4.0]], FIELDS, [True, True]) == [Leaf((), True, 1.0, 1.0)]


def test_a_leaf_can_be_read() -> None:
    leaf = Leaf(
        (Condition("days_since", "at_most", 30.0), Condition("orders.count", "more_than", 5.0)), "loyal", 0.12, 0.9
    )
    assert str(leaf) == "days_since at most 30 and orders.count more than 5: 12% of all, 90% loyal"


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_a_readable_number_lies_between(low: float, gap: float) -> None:
    assert low <= readable(low, low + gap) < low + gap


@pytest.mark.parametrize(
    ("low", "high", "number"), [(29.7, 30.4, 30.0), (5, 6, 5.0), (0.123, 0.129, 0.126), (101, 240, 200)]
)
def test_a_readable_number_is_short(low: float, high: float, number: float) -> None:
    assert readable(low, high) == number
