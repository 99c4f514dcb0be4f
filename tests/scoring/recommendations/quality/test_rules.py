"""Recall on held-out days: what is held out, what may be learned, and what a list is worth."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.catalogue import Bought
from services.scoring.estimators.recall import recall_at
from services.scoring.recommendations.quality import rules
from tests.scoring.estimators import groceries

pytestmark = pytest.mark.capability("C-21")
lines = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 9)), max_size=40)


def bought(some: list[tuple[int, int, int]]) -> Bought:
    table = np.array(some, dtype=np.intp).reshape(-1, 3)
    return rules.joined([(table[:, 0], table[:, 1], table[:, 2].astype(np.float64))])


@given(lines)
def test_only_the_last_day_of_who_came_before_is_held_out(some: list[tuple[int, int, int]]) -> None:
    before, after = rules.held_out(bought(some), 5)
    for customer in range(5):
        days = sorted({day for one, _, day in some if one == customer})
        assert set(before.day[before.customer == customer]) == set(days[:-1])
        assert set(after.day[after.customer == customer]) == set(days[-1:] if len(days) > 1 else [])


@given(lines)
def test_recalls_are_shares_whatever_was_bought_and_portions_do_not_matter(some: list[tuple[int, int, int]]) -> None:
    whole = rules.measured(bought(some), 6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "CELLS", 1)
        assert rules.measured(bought(some), 6) == whole
    recalls = [whole[name] for name in ("personal", "best_sellers", "personal_new", "best_sellers_new")]
    assert all(one is None or 0 <= one <= 1 for one in recalls)
    assert (whole["personal"] is None) == (whole["customers"] == 0)


def test_who_always_buys_the_same_is_found_by_the_personal_list_and_not_by_best_sellers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "recall_at", lambda scores, wanted: recall_at(scores, wanted, 1))
    some = [(customer, item, day) for customer, item in ((0, 0), (1, 0), (2, 1)) for day in range(5)]
    found = rules.measured(bought(some), 2)
    assert (found["customers"], found["personal"], found["best_sellers"]) == (3, 1.0, 0.6667)
    assert (found["customers_new"], found["personal_new"]) == (0, None)


def test_on_groceries_personal_lists_find_far_more_than_best_sellers() -> None:
    some = groceries.lines()
    kept = some.day <= groceries.days(date(2017, 12, 3)) + 7
    household = np.unique(some.household[kept], return_inverse=True)[1]
    found = rules.measured(rules.joined([(household, some.kind[kept], some.day[kept])]), len(some.kinds))
    recalls = {name: found[name] or 0.0 for name in ("personal", "best_sellers", "personal_new", "best_sellers_new")}
    assert recalls["personal"] > 1.5 * recalls["best_sellers"]
    assert recalls["personal_new"] > recalls["best_sellers_new"]
