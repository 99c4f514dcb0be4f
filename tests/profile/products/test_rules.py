"""Prices by the time, costs by the margin, and reports in any order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.profile.products.rules import Standing, Told, advanced, changes_at, cost_of, price_at, repriced, told_of
from services.profile.products.schemas import NewProduct
from tests.profile.products.documents import NOON, amounts, instants, period, price_lists, product

pytestmark = pytest.mark.capability("C-50")
LATER = NOON + timedelta(days=30)


def told(at: datetime, **fields: Any) -> Told:
    return told_of(product(**fields), None, Decimal(1), at)


def standing(told_of_it: Sequence[Told], now: datetime = LATER) -> Standing | None:
    start: Standing | None = None
    return reduce(lambda old, one: advanced(old, one, "CNY", now), told_of_it, start)


@given(price_lists(), amounts, instants)
def test_the_price_is_that_of_the_period_it_lies_in(prices: Any, price: Decimal, at: datetime) -> None:
    within = [
        one["price"]
        for one in prices
        if one["valid_from"] <= at and (one["valid_until"] is None or at < one["valid_until"])
    ]
    assert price_at(product(price=price, prices=prices), at) == (within[0] if within else price)


@given(price_lists(), instants)
def test_a_price_never_changes_but_at_the_instant_foretold(prices: Any, at: datetime) -> None:
    document = product(prices=prices)
    last = changes_at(document, at) or LATER
    between = [NOON + timedelta(minutes=minute) for minute in range(501)]
    assert {price_at(document, one) for one in between if at <= one < last} <= {price_at(document, at)}


@given(price_lists())
def test_following_the_instants_foretold_meets_every_price_there_is(prices: Any) -> None:
    document = product(prices=prices)
    told_at = told(NOON - timedelta(days=1), prices=prices)
    one = standing([told_at], now=NOON - timedelta(days=1))
    at = changes_at(document, NOON - timedelta(days=1))
    while at is not None:
        assert one is not None
        one = repriced(one, Decimal(1), "CNY", at, at)
        assert one.price == price_at(document, at)
        at = changes_at(document, at)


@given(
    st.lists(st.tuples(instants, amounts), min_size=1, max_size=6).flatmap(
        lambda some: st.tuples(st.permutations(some), st.permutations(some))
    )
)
def test_the_order_of_arrival_never_matters(pair: Any) -> None:
    one, other = (standing([told(at, price=price) for at, price in some]) for some in pair)
    assert one is not None
    assert other is not None
    assert (one.document, one.price, one.told_at) == (other.document, other.price, other.told_at)


def test_a_report_is_a_version_only_when_it_says_something_new() -> None:
    first = standing([told(NOON)])
    assert first is not None
    again = advanced(first, told(NOON + timedelta(hours=2)), "CNY", LATER)
    assert again is not None
    assert (again.version, again.told_at) == (1, NOON + timedelta(hours=2))
    between = advanced(again, told(NOON + timedelta(hours=1), price="60"), "CNY", LATER)
    assert between is again


def test_what_is_taken_out_comes_back_by_a_newer_report_alone() -> None:
    hours = [NOON + timedelta(hours=hour) for hour in range(4)]
    gone = standing([told(hours[1]), Told("tea-01", hours[2], None)])
    assert gone is not None
    assert (gone.version, gone.archived_at) == (2, LATER)
    assert advanced(gone, told(hours[0], price="60"), "CNY", LATER) is gone
    back = advanced(gone, told(hours[3]), "CNY", LATER)
    assert back is not None
    assert (back.version, back.archived_at) == (3, None)
    assert advanced(None, Told("tea-01", NOON, None), "CNY", LATER) is None


def test_of_two_words_at_one_instant_the_last_is_that_it_is_gone() -> None:
    gone, sold = Told("tea-01", NOON, None), told(NOON)
    for some in ([sold, gone], [sold, gone, sold]):
        one = standing(some)
        assert one is not None
        assert one.archived_at is not None


@given(st.lists(instants, min_size=2, max_size=6))
def test_a_version_never_counts_before_the_one_before(times: list[datetime]) -> None:
    some = [standing([told(at, price=place) for place, at in enumerate(times[:last])]) for last in range(1, len(times))]
    assert all(one and after and one.since <= after.since for one, after in pairwise(some))


@given(amounts, st.decimals(0, "0.99", places=2))
def test_a_margin_is_the_share_of_the_list_price_that_is_earned(price: Decimal, margin: Decimal) -> None:
    cost = cost_of(product(price=price, margin=margin, prices=[period(NOON, None, "1")]))
    assert cost is not None
    assert abs(price - cost - price * margin) <= Decimal("0.005")
    assert cost_of(product(unit_cost="3.25")) == Decimal("3.25")
    assert cost_of(product()) is None


def test_a_product_is_for_sale_everywhere_unless_it_is_said_where() -> None:
    assert [(one.channel, one.store) for one in product().available] == [("any", None)]
    assert product(available=[]).available == []


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("titles", {"titles": {}}),
        ("price", {"price": "-1"}),
        ("prices", {"prices": [period(NOON, None, "1"), period(NOON + timedelta(days=1), None, "2")]}),
        ("prices", {"prices": [period(NOON, LATER, "1"), period(NOON, LATER, "1")]}),
        ("prices.0", {"prices": [period(NOON, NOON, "1")]}),
        ("margin", {"margin": "1"}),
        ("", {"margin": "0.2", "unit_cost": "3"}),
        ("", {"use_days": 30}),
        ("flags.0", {"flags": ["red"]}),
        ("", {"sku": "gaps"}),
        ("", {"parent": "tea-01"}),
        ("", {"relations": [{"kind": "upgrade", "sku": "tea-01"}]}),
        ("relations", {"relations": [{"kind": "upgrade", "sku": f"tea-{at}"} for at in range(2, 203)]}),
    ],
)
def test_a_product_is_refused_for(field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        NewProduct.model_validate(product().model_dump(mode="json") | fields)
    assert ".".join(map(str, refusal.value.errors()[0]["loc"])) == field
