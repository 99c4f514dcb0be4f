"""Gaps of the catalogue over HTTP."""

import pytest

from services.profile.orders.gaps import usecases
from services.profile.orders.schemas import EXAMPLE
from tests.profile.products.test_api import TEA
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-50")


def test_an_order_of_an_unknown_article_shows_until_the_catalogue_knows_it(doors: Doors) -> None:
    line = EXAMPLE["lines"][0] | {"sku": "gap-01"}
    doors.post("/v1/orders", EXAMPLE | {"lines": [line]})
    assert usecases.count(doors.runtime) == 1
    (gap,) = doors.get("/v1/products/gaps?sort=-orders").json()["items"]
    assert (gap["sku"], gap["orders"], gap["revenue"], gap["currency"]) == ("gap-01", 1, "85.00", "CNY")
    assert gap["first_at"] == gap["last_at"] == EXAMPLE["placed_at"]
    doors.post("/v1/products", TEA | {"sku": "gap-01"})
    assert doors.get("/v1/products/gaps").json()["items"] == []


def test_purchases_have_the_category_of_the_catalogue(doors: Doors) -> None:
    doors.post("/v1/products", TEA)
    line = {"sku": "tea-01", "quantity": 1, "unit_price": "50"}
    order = doors.post("/v1/orders", EXAMPLE | {"lines": [line], "refunds": [], "totals": {}}).json()
    assert (order["lines"][0]["category"], order["lines"][0]["unit_cost"]) == ("green-tea", None)
    (bought,) = doors.get(f"/v1/customers/{order['customer_id']}/purchases?by=category").json()["items"]
    assert (bought["category"], bought["net"]) == ("green-tea", "50.00")
