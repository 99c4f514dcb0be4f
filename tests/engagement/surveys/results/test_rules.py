"""Scores, intervals and the weakest link."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.surveys.results import rules

pytestmark = pytest.mark.capability("C-31")
COUNTS = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)).filter(lambda some: sum(some) >= 30)


def test_the_published_vector_of_nps() -> None:
    found = rules.nps(100, 50, 20)
    assert (found.score, found.low, found.high) == (30.0, 14.7, 45.3)
    assert (found.promoters, found.passives, found.detractors) == (50, 30, 20)


@given(COUNTS)
def test_nps_lies_in_its_interval_and_that_between_minus_and_plus_100(counts: tuple[int, int, int]) -> None:
    promoters, _, detractors = counts
    found = rules.nps(sum(counts), promoters, detractors)
    assert found.score is not None
    assert found.low is not None
    assert found.high is not None
    assert -100 <= found.low <= found.score <= found.high <= 100
    assert found.score == pytest.approx(100 * (promoters - detractors) / sum(counts), abs=0.06)
    mirrored = rules.nps(sum(counts), detractors, promoters)
    assert mirrored.score == pytest.approx(-found.score, abs=0.06)


@pytest.mark.parametrize("share", [(0.5, 0.2), (0.1, 0.6), (0.34, 0.33)])
def test_the_interval_of_nps_covers_the_truth_19_times_in_20(share: tuple[float, float]) -> None:
    random, covered = Random(7), 0
    truth = 100 * (share[0] - share[1])
    for _ in range(1_000):
        draws = [random.random() for _ in range(200)]
        promoters = sum(draw < share[0] for draw in draws)
        detractors = sum(share[0] <= draw < sum(share) for draw in draws)
        found = rules.nps(200, promoters, detractors)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= truth <= found.high
    assert 930 <= covered <= 970


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
)
def test_wilson_is_as_published(hits: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998), table I."""
    assert list(rules.wilson(hits, n)) == pytest.approx([low, high], abs=2e-4)


def test_under_30_there_is_only_n() -> None:
    assert rules.nps(29, 20, 1).model_dump(exclude_none=True) == {"n": 29}
    assert rules.csat(29, 4.5, 20).model_dump(exclude_none=True) == {"n": 29}
    assert rules.mean(29, 4.5, 1.0).model_dump(exclude_none=True) == {"n": 29}
    assert rules.csat(30, 4.5, 24).satisfied == 80.0


def row(aspect: str, n: int = 50, mean: float = 4.0, **more: Any) -> dict[str, Any]:
    base = {"csat_pairs": n, "csat_impact": 0.5, "nps_pairs": n, "nps_impact": 0.2}
    return {"aspect": aspect, "n": n, "mean": mean, "deviation": 1.0} | base | more


def test_the_weakest_link_is_the_largest_gap_times_impact() -> None:
    found = rules.weakest(
        [row("quality", mean=4.6), row("logistics", mean=3.6, csat_impact=0.6), row("price", mean=3.0, csat_impact=0.1)]
    )
    assert found.against == "csat"
    assert [(one.aspect, one.gap, one.score) for one in found.links] == [
        ("logistics", 1.0, 0.6),
        ("price", 1.6, 0.16),
        ("quality", 0.0, 0.0),
    ]


def test_too_few_answers_and_negative_impact_rank_nothing() -> None:
    found = rules.weakest(
        [row("quality", mean=4.6), row("ease", n=29, mean=1.0), row("price", mean=2.0, csat_impact=-0.5)]
    )
    assert (found.too_few, [one.score for one in found.links]) == (["ease"], [0.0, 0.0])


def test_nps_stands_in_where_satisfaction_was_not_asked() -> None:
    rows = [row("quality", mean=5.0, csat_pairs=0), row("price", csat_pairs=3, csat_impact=0.9)]
    assert [(one.aspect, one.impact) for one in rules.weakest(rows).links] == [("price", 0.2), ("quality", 0.2)]
    assert rules.weakest([row("quality", csat_pairs=0, nps_pairs=0)]).against is None


ROWS = st.lists(
    st.builds(
        row, st.sampled_from(["quality", "price", "ease", "attitude", "logistics"]), st.integers(25, 60),
        st.sampled_from([3.0, 3.5, 4.0]), csat_impact=st.sampled_from([None, -0.5, 0.0, 0.5]),
    ),
    unique_by=lambda one: one["aspect"],
)  # fmt: skip


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_rows_never_matters(pair: Any) -> None:
    assert rules.weakest(pair[0]) == rules.weakest(pair[1])
