"""Orders with lines, and products, for tests of what is bought together."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.contracts.base import Origin
from shared.contracts.profile import OrderRecorded, ProductRecorded
from tests.scoring.events import START, order


def line(number: int, sku: str, **fields: Any) -> dict[str, Any]:
    given = {"line_id": str(number), "sku": sku, "quantity": 1, "unit_price": "10", "discount": 0, "net": "10"}
    return given | {"refunded_quantity": 0, "returned_quantity": 0} | fields


def basket(customer_id: UUID, number: int, skus: Sequence[str], *, day: int = 0, **each: Any) -> OrderRecorded:
    """A paid order of one unit of each product; `each` goes into every line."""
    return order(customer_id, number, day=day, lines=[line(at, sku, **each) for at, sku in enumerate(skus)])


def product(sku: str, category: str = "tea", price: str = "10", **fields: Any) -> ProductRecorded:
    """A product that is sold in the shop."""
    return ProductRecorded.model_validate(
        {
            "sku": sku,
            "version": 1,
            "occurred_at": START,
            "recorded_at": START,
            "origin": Origin.LIVE,
            "titles": {"zh": f"品 {sku}", "en": f"Product {sku}"},
            "category": category,
            "price": price,
            "available": [{"channel": "shop"}],
        }
        | fields
    )
