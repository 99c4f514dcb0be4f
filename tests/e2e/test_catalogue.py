"""A product comes in by Kafka; orders take its cost, scoring earns by it, time changes its price."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from kafka import KafkaProducer

from shared.testing.waiting import wait_until
from tests.e2e.test_path import eventually, order, post
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-50")


def tell(stack: Stack, product: dict[str, Any]) -> None:
    headers = {"ce_specversion": "1.0", "ce_id": str(uuid4()), "ce_source": "shop"}
    headers |= {"ce_type": "commerce.product.reported", "content-type": "application/json"}
    producer = KafkaProducer(bootstrap_servers=stack.kafka)
    pairs = [(name, value.encode()) for name, value in headers.items()]
    producer.send("commerce.events", orjson.dumps(product), key=product["sku"].encode(), headers=pairs).get(10)
    producer.close()


def of(*skus: str) -> dict[str, Any]:
    lines = [{"sku": sku, "quantity": 1, "unit_price": "50.00"} for sku in skus]
    return order(status="paid", total=f"{50 * len(skus)}.00") | {"lines": lines}


def test_a_product_earns_by_its_cost_and_changes_its_price_by_time(stack: Stack, shop: httpx.Client) -> None:
    sku, now = f"tea-{uuid4().hex[:8]}", datetime.now(UTC)
    sale = {"price": "39.00", "valid_from": (now + timedelta(seconds=1)).isoformat()}
    product = {"source": "shop", "sku": sku, "titles": {"zh": "龙井茶"}, "category": "tea", "price": "50.00"}
    told = {"updated_at": (now - timedelta(hours=1)).isoformat(), "unit_cost": "20.00", "prices": [sale]}
    tell(stack, product | told)
    path = f"/v1/products/{sku}"
    wait_until(lambda: shop.get(path).is_success)
    stored = post(shop, "/orders", of(sku))
    assert [stored["lines"][0][name] for name in ("category", "unit_cost")] == ["tea", "20.00"]
    seen = eventually(shop, stored["customer_id"], lambda answer: answer["statistics"])
    assert seen["statistics"]["margin"] == {"amount": "30.00", "currency": "CNY"}
    wait_until(lambda: shop.get(path).json()["in_force"]["price"] == "39.00")
    assert [one["version"] for one in shop.get(f"{path}/versions").json()["items"]] == [2, 1]
    wait_until(lambda: shop.get(f"{path}/bought-together").is_success)


def test_what_only_an_order_knows_stands_in_the_gaps(shop: httpx.Client) -> None:
    sku = f"gap-{uuid4().hex[:8]}"
    post(shop, "/orders", of(sku))

    def gap() -> list[Any]:
        found = shop.get("/v1/products/gaps", params={"limit": 200}).json()["items"]
        return [one for one in found if one["sku"] == sku]

    wait_until(gap)
    assert gap()[0]["revenue"] == "50.00"
    post(shop, "/products", {"sku": sku, "titles": {"en": "Found"}, "price": "50.00"})
    assert gap() == []
