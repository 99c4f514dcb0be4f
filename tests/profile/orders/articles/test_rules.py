"""What the catalogue adds to order lines."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.orders.articles.rules import completed, wanted
from services.profile.orders.schemas import OrderDocument
from services.profile.products.schemas import Known
from shared.money import converted
from tests.profile.orders.documents import NOON, order

pytestmark = pytest.mark.capability("C-50")
TEA = ("tea-01", NOON)


def line(**fields: Any) -> dict[str, Any]:
    return {"sku": "tea-01", "quantity": 2, "unit_price": "50"} | fields


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, True),
        ({"category": "tea", "brand": "West Lake"}, True),
        ({"category": "tea", "brand": "West Lake", "unit_cost": "0"}, False),
        ({"sku": None}, False),
    ],
)
def test_the_catalogue_is_asked_for_what_the_shop_did_not_tell(fields: dict[str, Any], asked: bool) -> None:
    assert list(wanted(order(lines=[line(**fields)]))) == [TEA] * asked


def test_what_the_shop_told_stays() -> None:
    known = {TEA: Known("tea", "West Lake", Decimal(21))}
    document = order(lines=[line(category="gifts", unit_cost="20"), line(line_id="b"), line(line_id="c", sku="pot")])
    one, two, three = completed(document, known, Decimal(1)).lines
    assert (one.category, one.brand, one.unit_cost) == ("gifts", "West Lake", Decimal(20))
    assert (two.category, two.brand, two.unit_cost) == ("tea", "West Lake", Decimal(21))
    assert (three.category, three.brand, three.unit_cost) == (None, None, None)
    later = order(placed_at=NOON + timedelta(seconds=1))
    assert completed(later, known, Decimal(1)) == later


@given(st.decimals("0.01", 5000, places=2), st.decimals("0.0001", 100, places=4))
def test_a_cost_comes_back_from_another_currency_as_it_was(cost: Decimal, rate: Decimal) -> None:
    found = completed(order(lines=[line()], currency="USD"), {TEA: Known("tea", None, cost)}, rate).lines[0]
    assert found.unit_cost is not None
    assert converted(found.unit_cost, rate, "CNY") == cost


@given(st.decimals(0, 10**13, places=4), st.decimals("1e-10", 10**6, places=10))
def test_what_is_added_can_be_stored_and_read(cost: Decimal, rate: Decimal) -> None:
    document = completed(order(lines=[line()]), {TEA: Known("tea", None, cost)}, rate)
    stored = document.model_dump_json(exclude={"identities"}, exclude_unset=True)
    assert OrderDocument.model_validate_json(stored).lines == document.lines
