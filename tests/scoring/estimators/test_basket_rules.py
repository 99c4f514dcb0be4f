"""Rules, against counting every subset of every basket and on the groceries of Complete Journey."""

from collections import Counter
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from services.scoring.estimators.basket_rules import BasketRules, Rule
from services.scoring.estimators.baskets import Baskets
from services.scoring.estimators.itemsets import frequent
from services.scoring.estimators.pair_counts import PairCounts
from tests.scoring.estimators import groceries

Codes = list[list[str]]
Sides = tuple[tuple[str, ...], tuple[str, ...]]
BASKETS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=90)
SHARES = st.integers(1, 100).map(lambda percent: percent / 100)


def counted(some: Codes) -> Counter[tuple[str, ...]]:
    """In how many baskets every set of up to three lies."""
    sizes = (1, 2, 3)
    return Counter(held for codes in some for size in sizes for held in combinations(sorted(set(codes)), size))


def expected(some: Codes, support: float, confidence: float, max_size: int) -> dict[Sides, tuple[Fraction, ...]]:
    """Rules by definition, in exact fractions."""
    counts, baskets = counted(some), len(some)
    found: dict[Sides, tuple[Fraction, ...]] = {}
    often = [held for held, count in counts.items() if count / baskets >= support - 1e-9]
    for held in (held for held in often if 2 <= len(held) <= max_size):
        for left in (left for few in range(1, len(held)) for left in combinations(held, few)):
            right = tuple(code for code in held if code not in left)
            sure = Fraction(counts[held], counts[left])
            if sure >= confidence - 1e-9:
                share = Fraction(counts[held], baskets)
                found[left, right] = (share, sure, sure * baskets / counts[right])
    return found


@pytest.mark.capability("C-21")
@given(BASKETS, st.integers(1, 5))
def test_itemsets_are_those_that_counting_every_subset_finds(some: Codes, least: int) -> None:
    baskets = Baskets.of(some)
    found = {
        tuple(baskets.items[columns].tolist()): count
        for sets in frequent(baskets, least).values()
        for columns, count in zip(sets.columns, sets.count.tolist(), strict=True)
    }
    assert found == {held: count for held, count in counted(some).items() if count >= least}


@pytest.mark.capability("C-21")
@given(BASKETS, SHARES, SHARES, st.sampled_from([2, 3]))
def test_rules_have_support_confidence_and_lift_by_definition(
    some: Codes, support: float, confidence: float, max_size: int
) -> None:
    rules = BasketRules(support, confidence, max_size).fit(Baskets.of(some)).rules_
    right = expected(some, support, confidence, max_size)
    assert len(rules) == len(right)
    for rule in rules:
        share, sure, lift = right[rule.antecedent, rule.consequent]
        assert (rule.support, rule.confidence, rule.lift) == pytest.approx((float(share), float(sure), float(lift)))
    assert (np.diff(rules.confidence) <= 0).all()


@pytest.mark.capability("C-21")
@given(st.lists(BASKETS, min_size=1, max_size=4), SHARES, SHARES)
def test_pair_counts_of_days_add_up_to_the_rules_of_all(parts: list[Codes], support: float, confidence: float) -> None:
    first, *others = (PairCounts.of(Baskets.of(part)) for part in parts)
    total = sum(others, start=first)
    together = Baskets.of([codes for part in parts for codes in part])
    rules = BasketRules(support, confidence, max_size=2).fit(together).rules_
    assert list(total.rules(support, confidence)) == list(rules)


@given(BASKETS, BASKETS)
def test_pair_counts_add_in_any_order(some: Codes, others: Codes) -> None:
    one, other = PairCounts.of(Baskets.of(some)), PairCounts.of(Baskets.of(others))
    assert list((one + other).rules(0.01, 0.0)) == list((other + one).rules(0.01, 0.0))


def test_order_lines_are_baskets_however_often_an_item_was_taken() -> None:
    lines = Baskets.of_lines(["x", "y", "x", "x"], ["tea", "tea", "milk", "tea"])
    assert (len(lines), lines.items.tolist(), lines.bought.toarray().tolist()) == (2, ["milk", "tea"], [[1, 1], [0, 1]])


def test_a_matrix_will_do_and_its_columns_are_the_items() -> None:
    table = np.array([[1, 2, 0], [1, 1, 1], [0, 5, 0]])
    for matrix in (table, csr_matrix(table)):
        rules = BasketRules(0.5, 0.5, max_size=2).fit(matrix).rules_
        assert list(rules) == [Rule((0,), (1,), 2 / 3, 1.0, 1.0), Rule((1,), (0,), 2 / 3, 2 / 3, 1.0)]


def test_rules_about_items_begin_with_exactly_them() -> None:
    model = BasketRules(0.1, 0.1).fit(Baskets.of([["a", "b", "c"], ["a", "b"], ["a", "c"]]))
    assert {rule.consequent for rule in model.about("a")} == {("b",), ("c",), ("b", "c")}
    assert [rule.consequent for rule in model.about("b", "c")] == [("a",)]
    assert len(model.about("a", "unknown")) == 0


@pytest.mark.parametrize("wrong", [{"min_support": 0.0}, {"min_confidence": 1.1}, {"max_size": 4}, {"max_size": 1}])
def test_what_is_no_share_and_no_size_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="shares"):
        BasketRules(**wrong).fit(Baskets.of([["a"]]))  # type: ignore[arg-type]


@pytest.mark.capability("C-21")
@pytest.mark.parametrize(
    ("left", "right", "confidence", "lift"),
    [
        ("DRY NOODLES/PASTA", "PASTA SAUCE", 0.45, 9.86),
        ("PASTA SAUCE", "DRY NOODLES/PASTA", 0.55, 9.86),
        ("CHEESES", "DELI MEATS", 0.63, 9.32),
        ("DELI MEATS", "CHEESES", 0.42, 9.32),
    ],
)
def test_pasta_goes_with_sauce_and_cheese_with_meat_as_measured_before(
    left: str, right: str, confidence: float, lift: float
) -> None:
    baskets = groceries.baskets()
    assert (len(baskets), len(baskets.items)) == (141_243, 300)
    rules = PairCounts.of(baskets).rules(0.02, 0.1)
    found = next(rule for rule in rules if (rule.antecedent, rule.consequent) == ((left,), (right,)))
    assert round(found.confidence, 2) == confidence
    assert found.lift == pytest.approx(lift, abs=0.01)
