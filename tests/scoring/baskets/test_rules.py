"""What is counted of baskets, however they come in portions, and which rules mean something."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.baskets import rules
from services.scoring.baskets.rules import SEPARATOR, Tally, Terms

pytestmark = pytest.mark.capability("C-21")
ITEMS = ["tea", "cup", "pot", "绿茶", "milk"]
baskets = st.lists(st.sets(st.sampled_from(ITEMS), min_size=1).map(sorted), max_size=40)


def tallied(*portions: list[list[str]]) -> Tally:
    tally = Tally()
    for portion in portions:
        tally.add([SEPARATOR.join(basket) for basket in portion])
    return tally


def pairs(tally: Tally) -> dict[tuple[str, str], int]:
    found = rules.mined(tally, Terms(0.01, 0.1)).pairs
    return dict(zip(zip(found["item"], found["other"], strict=True), found["baskets"], strict=True))


@given(st.lists(baskets, max_size=6))
def test_the_counts_of_portions_add_up_to_those_of_all(portions: list[list[list[str]]]) -> None:
    together = [basket for portion in portions for basket in portion]
    assert pairs(tallied(*portions)) == pairs(tallied(together))
    assert len(tallied(*portions)) == len(together)


@given(baskets)
def test_pairs_are_what_counting_by_hand_finds(some: list[list[str]]) -> None:
    expected = {
        (one, other): count
        for first, second in combinations(ITEMS, 2)
        if (count := sum(first in basket and second in basket for basket in some)) >= rules.FEWEST
        for one, other in ((first, second), (second, first))
    }
    assert pairs(tallied(some)) == expected


@given(baskets, st.floats(0.01, 0.5), st.floats(0.1, 0.9))
def test_every_rule_reaches_what_was_asked_and_tells_true_shares(
    some: list[list[str]], support: float, confidence: float
) -> None:
    mined = rules.mined(tallied(some), Terms(support, confidence))
    columns = mined.rules or {"item": []}
    for at, item in enumerate(columns["item"]):
        left = {item, columns["beside"][at]} - {None}
        both = sum(left <= set(basket) and columns["consequent"][at] in basket for basket in some)
        before = sum(left <= set(basket) for basket in some)
        assert columns["baskets"][at] == both >= rules.FEWEST
        told = columns["support"][at], columns["confidence"][at]
        assert told == pytest.approx((both / len(some), both / before))
        assert both / len(some) >= support - 1e-9
        assert both / before >= confidence - 1e-9


def test_two_baskets_are_a_coincidence() -> None:
    mined = rules.mined(tallied([["tea", "cup"]] * 2), Terms(0.01, 0.1))
    assert (mined.rules, mined.pairs["item"], mined.items) == ({}, [], {"tea": 2, "cup": 2})


def test_nothing_is_found_in_no_baskets() -> None:
    mined = rules.mined(Tally(), Terms(0.01, 0.1))
    assert (mined.baskets, mined.rules, mined.items) == (0, {}, {})


def test_support_rises_until_the_items_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_WORDS", 2)
    bought = np.array([50, 40, 30, 20])
    assert rules.workable_support(0.01, bought, 64) == 31 / 64


def test_of_an_item_its_most_frequent_companions_are_kept() -> None:
    some = [["tea", "cup"]] * 5 + [["tea", "pot"]] * 4 + [["tea", "milk"]] * 3
    item, other, count = rules.strongest(tallied(some).counts(), most=2)
    assert sorted(zip(item.tolist(), other.tolist(), count.tolist(), strict=True)) == [
        *((0, 1, 5), (0, 2, 4), (1, 0, 5), (2, 0, 4), (3, 0, 3)),
    ]


def test_a_price_has_a_place_within_its_category() -> None:
    assert rules.tiers(["tea", "tea", "pot", None], ["10", "30", "99", None]) == [0.25, 0.75, 0.5, None]
