from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from services.scoring.estimators.affinities import cross_affinity, repeat_affinity
from services.scoring.estimators.baskets import Baskets
from services.scoring.estimators.catalogue import Bought, Catalogue
from services.scoring.estimators.pair_counts import PairCounts
from services.scoring.estimators.price_ladder import next_rungs, price_tiers, usual_prices
from services.scoring.estimators.recommendations import Reason, Recommendation, Recommender, ranked
from services.scoring.estimators.refills import refills

TEA, POT, CUP, FINE_TEA, BEST_TEA, RICE = range(6)
NOW = 100.0
LINES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 90), st.integers(1, 20)), min_size=1, max_size=25)


def shop(**changes: list[float]) -> Catalogue:
    """Three teas, a pot and a cup of one category, rice; only the pot lasts for ever."""
    columns = {
        "category": np.array([0, 1, 1, 0, 0, 2]),
        "price": np.array([10.0, 40.0, 8.0, 13.0, 30.0, 5.0]),
        "use_days": np.array([30.0, *[np.nan] * 5]),
        "durable": np.array([False, True, False, False, False, False]),
        "available": np.ones(6, dtype=bool),
        "discontinued": np.zeros(6, dtype=bool),
    }
    return Catalogue(**{**columns, **{name: np.array(values) for name, values in changes.items()}})


def bought(*lines: tuple[int, float, float]) -> Bought:
    """Lines of one customer: item, day, price."""
    item, day, price = (np.array(column) for column in zip(*lines, strict=True))
    zeros, ones = np.zeros(len(lines), dtype=np.intp), np.ones(len(lines))
    return Bought(zeros, item.astype(np.intp), day.astype(float), ones, price.astype(float))


def recommender(catalogue: Catalogue | None = None) -> Recommender:
    """Where nine of ten who buy tea buy a pot, too, and half of them a cup."""
    confidence = np.zeros((6, 6))
    confidence[TEA, POT], confidence[TEA, CUP], confidence[RICE, CUP] = 0.9, 0.5, 0.2
    return Recommender.of(catalogue or shop(), csr_array(confidence))


def items(offers: list[Recommendation]) -> list[int]:
    return [offer.item for offer in offers]


@pytest.mark.capability("C-21")
def test_what_is_bought_often_is_offered_again_and_says_how_often() -> None:
    mine = bought((TEA, 10, 10), (TEA, 70, 10), (TEA, 90, 10), (RICE, 90, 5))
    first, second = recommender().best(mine, NOW, ["repeat"])
    assert (first.item, first.reasons) == (TEA, (Reason("bought_often", {"times": 3.0, "days_ago": 10.0}),))
    assert items([first, second]) == [TEA, RICE]
    assert first.score == pytest.approx(1.0)  # tea on every shopping day


def test_a_purchase_counts_half_after_sixty_days() -> None:
    mine = bought((TEA, 40, 10), (RICE, 100, 5))
    assert repeat_affinity(mine, NOW, 1, 6).toarray()[0, [TEA, RICE]] == pytest.approx([1 / 3, 2 / 3])


@given(LINES)
def test_the_share_of_shopping_days_is_a_share_however_many_lines_a_day_has(lines: list[tuple[int, int, int]]) -> None:
    mine = bought(*lines)
    once, twice = (repeat_affinity(some, NOW, 1, 6).toarray()[0] for some in (mine, bought(*lines, *lines)))
    assert np.allclose(once, twice)
    assert ((once >= 0) & (once <= 1 + 1e-12)).all()


@pytest.mark.capability("C-21")
def test_cross_selling_sums_confidences_and_names_the_rules() -> None:
    confidence = csr_array(([0.6, 0.5, 0.5], ([TEA, TEA, RICE], [POT, CUP, CUP])), shape=(6, 6))
    mine = bought((TEA, 90, 10), (RICE, 90, 5))
    first, second = Recommender.of(shop(price=[np.nan] * 6), confidence).best(mine, NOW, ["cross_sell"])
    assert items([first, second]) == [CUP, POT]
    assert first.reasons == (
        Reason("bought_with", {"item": float(TEA), "confidence": 0.5}),
        Reason("bought_with", {"item": float(RICE), "confidence": 0.5}),
    )


@given(LINES)
def test_cross_selling_offers_nothing_that_was_bought(lines: list[tuple[int, int, int]]) -> None:
    owned = bought(*lines).owned(1, 6)
    scores = cross_affinity(owned, csr_array(np.full((6, 6), 0.3)))
    assert not (scores.toarray() * owned.toarray()).any()


def test_cross_selling_keeps_to_the_price_tier_of_the_person() -> None:
    assert items(recommender().best(bought((TEA, 90, 10)), NOW, ["cross_sell"])) == [CUP]  # a pot is dear


@pytest.mark.capability("C-21")
def test_up_selling_offers_the_next_rungs_above_the_usual_price_within_the_band() -> None:
    offers = recommender().best(bought((TEA, 80, 10), (TEA, 90, 10), (TEA, 95, 12)), NOW, ["up_sell"])
    assert items(offers) == [FINE_TEA]  # the best tea is three times as dear
    assert offers[0].reasons == (Reason("next_rung", {"price": 13.0, "usual_price": 10.0, "rung": 1.0}),)


@given(LINES, st.floats(0.01, 3.0), st.integers(1, 3))
def test_rungs_lie_above_the_usual_price_and_within_reach(
    lines: list[tuple[int, int, int]], band: float, rungs: int
) -> None:
    catalogue = shop()
    for category, usual in zip(*usual_prices(bought(*lines), catalogue), strict=True):
        found, rung = next_rungs(catalogue, category, usual, band=band, rungs=rungs)
        price = catalogue.price[found]
        assert (catalogue.category[found] == category).all()
        assert ((price > usual) & (price <= usual * (1 + band))).all()
        assert (np.diff(price) >= 0).all()
        assert rung.max(initial=0) <= rungs


def test_the_usual_price_is_the_median_of_what_was_paid_in_the_category() -> None:
    categories, usual = usual_prices(bought((TEA, 1, 10), (FINE_TEA, 2, 14), (RICE, 3, 5)), shop())
    assert (categories.tolist(), usual.tolist()) == ([0, 2], [12.0, 5.0])


def test_price_tiers_are_mid_ranks_within_a_category() -> None:
    tiers = price_tiers(shop(price=[10.0, 40.0, 40.0, 10.0, 30.0, np.nan]))
    assert tiers[:5] == pytest.approx([1 / 3, 0.5, 0.5, 1 / 3, 5 / 6])
    assert np.isnan(tiers[5])


@pytest.mark.capability("C-21")
def test_a_refill_is_due_when_what_was_bought_is_used_up() -> None:
    mine = replace(bought((TEA, 10, 10), (TEA, 80, 10)), units=np.array([1.0, 2.0]))
    found, day, lasts = refills(mine, shop())
    assert (found.tolist(), day.tolist(), lasts.tolist()) == ([TEA], [140.0], [60.0])


def test_without_use_days_the_gaps_of_the_person_tell() -> None:
    found, day, _ = refills(bought((RICE, 0, 5), (RICE, 20, 5), (RICE, 20, 5), (RICE, 50, 5), (CUP, 1, 8)), shop())
    assert (found.tolist(), day.tolist()) == ([RICE], [75.0])


@pytest.mark.parametrize(("now", "reminded"), [(72.9, False), (73, True), (110, True), (110.1, False)])
def test_reminding_begins_a_week_before_and_ends_when_the_next_one_would_be_used_up_too(
    now: float, reminded: bool
) -> None:
    offers = recommender().best(bought((TEA, 50, 10)), now, ["refill"])
    assert bool(offers) == reminded


def test_a_durable_is_offered_until_it_is_owned() -> None:
    catalogue = shop(price=[np.nan] * 6)
    assert POT in items(recommender(catalogue).best(bought((TEA, 90, 10)), NOW))
    assert POT not in items(recommender(catalogue).best(bought((TEA, 90, 10), (POT, 90, 40)), NOW))


@pytest.mark.parametrize("gone", [{"available": [False] * 6}, {"discontinued": [True] * 6}])
def test_what_cannot_be_had_is_not_offered(gone: dict[str, list[float]]) -> None:
    mine = bought((TEA, 90, 10))
    assert recommender(shop(**gone)).best(mine, NOW) == []
    assert recommender(shop(**gone)).best(mine, NOW, ["up_sell"]) == []


def test_an_item_stands_on_a_list_once_with_all_its_reasons() -> None:
    offers = [
        Recommendation(1, "repeat", 0.5, (Reason("a", {}),)),
        Recommendation(1, "refill", 0.7, (Reason("b", {}),)),
    ]
    assert ranked(offers, np.zeros(2, dtype=bool), 5) == [
        Recommendation(1, "refill", 0.7, (Reason("b", {}), Reason("a", {})))
    ]


@given(LINES, st.integers(0, 8))
def test_a_personal_list_is_ranked_and_no_longer_than_asked(lines: list[tuple[int, int, int]], limit: int) -> None:
    offers = recommender().best(bought(*lines), NOW, limit=limit)
    assert len(set(items(offers))) == len(offers) <= limit
    assert [offer.score for offer in offers] == sorted((offer.score for offer in offers), reverse=True)
    assert all(offer.reasons for offer in offers)


def test_rules_come_from_pair_counts() -> None:
    counts = PairCounts.of(Baskets.of([[TEA, POT], [TEA], [TEA, CUP, POT]]))
    assert counts.confidence().toarray()[0] == pytest.approx([0, 2 / 3, 1 / 3])
