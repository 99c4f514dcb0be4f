from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.histories import Floats
from services.scoring.scales.rules import KNOTS, Freezing, Frozen, Part, Scale, blended, graded

pytestmark = pytest.mark.capability("C-13")
amounts = st.lists(st.integers(0, 40).map(float), min_size=1, max_size=60)


def mid_ranks(values: Sequence[float]) -> list[float]:
    """By definition: the share of those below and half of those who are equal, oneself included."""
    return [(sum(v < value for v in values) + values.count(value) / 2) / len(values) for value in values]


@given(amounts)
def test_a_percentile_is_the_mid_rank(values: list[float]) -> None:
    assert Scale.of(np.array(values)).percentile(np.array(values)).tolist() == pytest.approx(mid_ranks(values))


@given(amounts, st.randoms(use_true_random=False))
def test_equal_customers_are_equal_in_any_order_of_rows(values: list[float], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    there = np.array(sorted(set(values)))
    assert (
        Scale.of(np.array(values)).percentile(there).tolist() == Scale.of(np.array(shuffled)).percentile(there).tolist()
    )


@given(amounts, st.sampled_from([0.01, 7.0, 100.0]))
def test_another_currency_changes_no_percentile(values: list[float], rate: float) -> None:
    own = np.array(values)
    assert Scale.of(own * rate).percentile(own * rate).tolist() == pytest.approx(Scale.of(own).percentile(own).tolist())


def test_a_long_scale_keeps_its_ends_and_loses_little_between() -> None:
    values = np.random.default_rng(3).lognormal(3.0, 1.2, 50_000)
    scale = Scale.of(values)
    exact = (np.argsort(np.argsort(values)) + 0.5) / len(values)
    assert len(scale.values) <= KNOTS
    assert (scale.values[0], scale.values[-1]) == (values.min(), values.max())
    assert np.abs(scale.percentile(values) - exact).max() < 1 / KNOTS


def test_what_is_not_known_has_no_percentile_and_beyond_the_ends_are_0_and_1() -> None:
    scale = Scale.of(np.array([5.0, np.nan]))
    found = scale.percentile(np.array([np.nan, 4.0, 5.0, 6.0]))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.0, 0.5, 1.0]
    assert np.isnan(Scale.of(np.array([np.nan])).percentile(np.array([1.0]))).all()
    assert np.isnan(Frozen({}).percentile("none", np.array([1.0]))).all()
    assert np.isnan(Frozen({}).value_at("none", 0.5))


def test_frozen_scales_answer_as_when_they_were_made() -> None:
    made, values = Freezing(), np.random.default_rng(1).gamma(2.0, 50.0, 900)
    first = made.percentile("spend", values)
    frozen = Frozen.load(made.content())
    assert frozen.percentile("spend", values).tolist() == first.tolist()
    assert frozen.value_at("spend", 0.75) == made.value_at("spend", 0.75)


def test_a_blend_weighs_only_what_is_known() -> None:
    nan = np.nan
    parts = {"a": Part(0.6, np.array([1.0, nan, nan])), "b": Part(0.2, np.array([0.0, 0.5, nan]))}
    parts["says"] = Part(0.0, np.array([1.0, 1.0, 1.0]))
    found = blended(parts)
    assert found[:2].tolist() == pytest.approx([0.75, 0.5])
    assert np.isnan(found[2])


def levels(scores: Sequence[float]) -> list[str]:
    """One customer's levels along their scores."""
    held, found = np.array([""]), []
    for score in scores:
        held = graded(np.array([score]), 0.4, 0.8, held, 0.05)
        found.append(str(held[0]))
    return found


def test_a_level_is_entered_at_its_cut_and_left_below_the_margin() -> None:
    assert levels([0.79, 0.80, 0.76, 0.74, 0.79, 0.39, 0.34]) == [
        *("medium", "high", "high", "medium", "medium", "medium", "low"),
    ]


@given(st.sampled_from([0.4, 0.8]), st.lists(st.floats(-0.049, 0.0), min_size=2, max_size=20))
def test_who_trembles_below_a_cut_by_less_than_the_margin_never_flaps(cut: float, trembling: list[float]) -> None:
    assert len(set(levels([cut, *(cut + step for step in trembling)]))) == 1


def test_who_is_not_known_any_more_is_unknown_at_once() -> None:
    nothing: Floats = np.array([np.nan])
    assert graded(nothing, 0.4, 0.8, np.array(["high"]), 0.05).tolist() == ["unknown"]
