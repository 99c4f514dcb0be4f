"""What one person is offered and why, and what nobody should be offered."""

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.recommendations import rules
from services.scoring.recommendations.rules import Companion, Line, Product, Relation, Shelf, Sold, Taste

pytestmark = pytest.mark.capability("C-21")
TODAY = 1000.0
KINDS = ("repeat", "cross_sell", "up_sell", "personal")


def product(sku: str, **fields: Any) -> Product:
    usual: dict[str, Any] = {
        "category": "tea",
        "price": 10.0,
        "tier": 0.5,
        "use_days": None,
        "durable": False,
        "sample": False,
        "service": False,
    }
    return Product(**usual | {"sku": sku, "available": True, "upgrades": (), "titles": None} | fields)


def line(sku: str, day: float = 990, units: float = 1, price: float = 10.0, category: str = "tea") -> Line:
    return Line(sku, category, day, units, price)


def offered(shelf: Shelf, kind: str = "personal") -> dict[str, tuple[str, ...]]:
    """What is offered, with the codes of the reasons."""
    found = rules.recommend(shelf, kind, TODAY, 10)
    return {shelf.products[one.item].sku: tuple(reason.code for reason in one.reasons) for one in found}


def test_what_is_bought_often_and_what_lies_beside_it_are_offered() -> None:
    shelf = Shelf([product("tea"), product("cup")], [line("tea"), line("tea", 950)], [("tea", "cup", 0.4)])
    assert offered(shelf) == {"tea": ("bought_often",), "cup": ("bought_with",)}
    assert offered(shelf, "repeat") == {"tea": ("bought_often",)}
    assert offered(shelf, "cross_sell") == {"cup": ("bought_with",)}


def test_what_is_used_up_is_offered_with_the_day() -> None:
    shelf = Shelf([product("tea", use_days=5)], [line("tea", 990, units=2)])
    assert offered(shelf, "repeat") == {"tea": ("bought_often", "used_up")}
    assert shelf.used_up() == {0: 1000.0}
    assert rules.instant_of(1000.0, ZoneInfo("UTC")).date().isoformat() == "1972-09-27"


@pytest.mark.parametrize(
    "fields", [{"available": False}, {"sample": True}, {"upgrades": ("tea",)}], ids=["not for sale", "sample", "older"]
)
def test_what_nobody_should_be_offered_is_not(fields: dict[str, Any]) -> None:
    shelf = Shelf([product("tea"), product("cup", **fields)], [line("tea")], [("tea", "cup", 0.4)])
    assert offered(shelf) == {"tea": ("bought_often",)}


def test_a_durable_is_bought_once() -> None:
    assert offered(Shelf([product("pot", durable=True)], [line("pot"), line("pot", 900)])) == {}


def test_a_rung_dearer_within_the_category_is_an_up_sell_and_else_the_price_band_holds() -> None:
    products = [product("tea"), product("fine", price=14.0, tier=0.95), product("gold", price=90.0, tier=1.0)]
    shelf = Shelf(products, [line("tea")], [("tea", "fine", 0.4), ("tea", "gold", 0.4)])
    assert offered(shelf, "up_sell") == {"fine": ("next_rung",)}
    assert offered(shelf, "cross_sell") == {}


def test_accessories_fade_and_upgrades_ripen() -> None:
    some = [product("pot", durable=True, use_days=100), product("lid"), product("pot-2", durable=True)]
    relations = [Relation("pot", "accessory", "lid"), Relation("pot", "upgrade", "pot-2")]
    scores = {}
    for day in (999.0, 940.0):
        shelf = Shelf(some, [line("pot", day)], relations=relations)
        found = rules.recommend(shelf, "personal", TODAY, 10)
        scores[day] = {shelf.products[one.item].sku: round(one.score, 3) for one in found}
    assert scores == {999.0: {"lid": 0.099, "pot-2": 0.001}, 940.0: {"lid": 0.05, "pot-2": 0.06}}
    assert offered(Shelf(some, [line("pot"), line("lid"), line("pot-2")], relations=relations), "cross_sell") == {}


def test_a_service_for_what_was_bought_is_offered_as_one() -> None:
    relations = [Relation("pot", "accessory", "repair")]
    shelf = Shelf([product("pot"), product("repair", service=True)], [line("pot")], relations=relations)
    assert offered(shelf, "cross_sell") == {"repair": ("service",)}


def test_no_accessory_is_dearer_than_the_price_band_and_an_upgrade_may_be() -> None:
    some = [product("pot", tier=0.2), product("lid", tier=0.9), product("pot-2", tier=0.9)]
    relations = [Relation("pot", "accessory", "lid"), Relation("pot", "upgrade", "pot-2")]
    shelf = Shelf(some, [line("pot")], relations=relations)
    assert set(offered(shelf)) == {"pot", "pot-2"}


def test_reasons_name_products_and_days() -> None:
    shelf = Shelf([product("tea", use_days=12), product("cup")], [line("tea")], [("tea", "cup", 0.4)])
    told = {
        reason.code: rules.values(reason, shelf.products)
        for one in rules.recommend(shelf, "personal", TODAY, 10)
        for reason in one.reasons
    }
    assert told == {
        "bought_often": {"times": 1.0, "days_ago": 10.0},
        "used_up": {"day": "1972-09-29", "lasts": 12.0},
        "bought_with": {"sku": "tea", "confidence": 0.4},
    }


skus = st.sampled_from(["a", "b", "c", "d", "e"])
products = st.builds(
    product,
    sku=skus,
    category=st.sampled_from([None, "tea", "pot"]),
    price=st.sampled_from([None, 5.0, 7.0, 10.0, 14.0]),
    tier=st.sampled_from([None, 0.1, 0.9]),
    use_days=st.sampled_from([None, 7]),
    durable=st.booleans(),
    sample=st.booleans(),
    available=st.booleans(),
)
lines = st.lists(st.builds(line, sku=skus, day=st.integers(900, 1000).map(float), price=st.floats(1, 20)), max_size=8)
companions = st.lists(st.tuples(skus, skus, st.floats(0.01, 1)), max_size=8)


@given(st.lists(products, min_size=5, max_size=5, unique_by=lambda one: one.sku), lines, companions)
def test_an_offer_is_for_sale_named_once_and_has_a_reason(
    some: list[Product], bought: list[Line], beside: list[Companion]
) -> None:
    pairs = list({(a, b): (a, b, c) for a, b, c in beside if a != b}.values())
    shelf = Shelf(some, bought, pairs, [Relation("a", "upgrade", "b"), Relation("b", "accessory", "c")])
    for kind in KINDS:
        found = rules.recommend(shelf, kind, TODAY, 10)
        named = [some[one.item] for one in found]
        assert all(one.available and not one.sample for one in named)
        assert not any(one.durable and one.sku in shelf.owned for one in named)
        assert len({one.sku for one in named}) == len(named)
        assert all(one.reasons and np.isfinite(one.score) for one in found)
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(lines)
def test_the_products_bought_last_come_first(bought: list[Line]) -> None:
    last = {sku: max(one.day for one in bought if one.sku == sku) for sku in {one.sku for one in bought}}
    days = [last[sku] for sku in rules.recent(bought)]
    assert days == sorted(days, reverse=True)
    assert len(days) == len(last)


def test_a_best_seller_suits_who_pays_such_prices_and_who_has_paid_none_yet() -> None:
    sold = [
        Sold("owned", 9, 0.5),
        Sold("dear", 8, 0.9),
        Sold("cheap", 7, 0.1),
        Sold("alike", 6, 0.8),
        Sold("other", 5, None),
    ]
    assert [one.sku for one in sold if Taste({"owned"}, 0.5).suits(one)] == ["alike", "other"]
    assert all(Taste(set(), float("nan")).suits(one) for one in sold)
