from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.histories import Floats, histories, median, merged
from tests.scoring.estimators.worlds import rows


def counted(table: Floats, weight: Floats) -> Counter[tuple[float, ...]]:
    counter: Counter[tuple[float, ...]] = Counter()
    for row, share in zip(table, weight, strict=True):
        counter[tuple(row)] += share
    return counter


@given(rows(max_size=40))
def test_merging_keeps_every_history_and_its_weight(table: Floats) -> None:
    doubled = np.vstack([table, table[::-1], table[:1]])
    weight = np.arange(1.0, len(doubled) + 1.0)
    some = merged(histories(doubled, weight))
    found = np.column_stack([some.frequency, some.recency, some.age])
    assert len(np.unique(found, axis=0)) == len(found)
    assert counted(found, some.weight) == counted(doubled, weight)


def test_a_million_equal_customers_become_one_row() -> None:
    some = merged(histories(np.tile([2.0, 30.0, 60.0], (1_000_000, 1))))
    assert (len(some), some.customers) == (1, 1_000_000)


def test_zero_has_one_sign() -> None:
    assert len(merged(histories([[0.0, 0.0, 5.0], [-0.0, -0.0, 5.0]]))) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([-1, 0, 5], "whole number"),
        ([1.5, 1, 5], "whole number"),
        ([2e7, 1, 5], "whole number"),
        ([np.inf, 1, 5], "whole number"),
        ([np.nan, 1, 5], "whole number"),
        ([1, 6, 5], "between 0 and age"),
        ([1, -1, 5], "between 0 and age"),
        ([1, 1, np.nan], "between 0 and age"),
        ([1, 1, np.inf], "between 0 and age"),
        ([0, 1, 5], "Without a repeat purchase"),
        ([1, 2], "columns frequency, recency, age"),
    ],
)
def test_what_cannot_be_a_history_is_refused_by_name(row: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        histories([row])


@pytest.mark.parametrize("weight", [[1.0, 2.0], [-1.0], [np.nan], [np.inf]])
def test_weights_are_finite_and_one_per_history(weight: list[float]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        histories([[0, 0, 5]], weight)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 5)), min_size=1, max_size=20))
def test_the_median_leaves_half_of_the_weight_on_either_side(pairs: list[tuple[int, int]]) -> None:
    values, weight = (np.array(side, dtype=np.float64) for side in zip(*pairs, strict=True))
    middle = median(values, weight)
    assert weight[values <= middle].sum() >= weight.sum() / 2
    assert weight[values >= middle].sum() >= weight.sum() / 2
