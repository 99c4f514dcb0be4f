"""Events as profile would publish them, for tests of scoring."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.contracts.base import Origin
from shared.contracts.profile import CustomerLinked, OrderRecorded
from shared.ids import derived_id

START = datetime(2026, 1, 5, 2, tzinfo=UTC)
PEOPLE = [derived_id("person", str(number)) for number in range(4)]


def order(
    customer_id: UUID, number: int = 1, *, day: int = 0, total: str = "100", version: int = 1, **fields: Any
) -> OrderRecorded:
    """A paid order of `total`, placed `day` days after the start."""
    at, amount = START + timedelta(days=day), Decimal(total)
    refunded = Decimal(fields.pop("refunded", "0"))
    zero = Decimal(0)
    totals = {"subtotal": amount, "discount": zero, "shipping": zero, "tax": zero, "total": amount}
    return OrderRecorded.model_validate(
        {
            "customer_id": customer_id,
            "version": version,
            "occurred_at": at,
            "recorded_at": at,
            "origin": Origin.LIVE,
            "order_id": derived_id("order", str(number)),
            "source": "shop",
            "shop_order_id": str(number),
            "status": "paid",
            "placed_at": at,
            "currency": "CNY",
            "rate": 1,
            "totals": totals | {"paid": amount, "refunded": refunded, "net": amount - refunded},
        }
        | fields
    )


def link(customer_id: UUID, canonical_id: UUID, version: int) -> CustomerLinked:
    """`customer_id` counts as `canonical_id` from now on."""
    return CustomerLinked(
        customer_id=customer_id,
        canonical_id=canonical_id,
        version=version,
        occurred_at=START,
        recorded_at=START,
        member_ids=sorted({customer_id, canonical_id}),
        merge_id=derived_id("merge", str(version)),
        cause="staff",
    )
