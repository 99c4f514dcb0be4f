"""Bodies for load: live orders of a shop's regular customers, no two the same."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

CUSTOMERS = 5_000


def order(number: int, random: Random, run: str, customer: int | None = None) -> dict[str, Any]:
    """One order, paid this moment, of one of 5,000 customers."""
    now = datetime.now(UTC).isoformat()
    lines = [
        {
            "line_id": str(at),
            "sku": f"sku-{random.randrange(500)}",
            "name": "Green tea",
            "category": random.choice(("tea", "cups", "kettles")),
            "quantity": random.randint(1, 3),
            "unit_price": f"{random.randint(500, 20000) / 100:.2f}",
        }
        for at in range(1, random.randint(2, 4))
    ]
    return {
        "source": "bench",
        "order_id": f"{run}-{number}",
        "order_version": 1,
        "status": "paid",
        "placed_at": now,
        "paid_at": now,
        "currency": "CNY",
        "channel": "web",
        "identities": [
            {"kind": "external", "value": f"u-{random.randrange(CUSTOMERS) if customer is None else customer}"}
        ],
        "lines": lines,
    }


def orders(seed: int = 1) -> Iterator[dict[str, Any]]:
    """Endless orders, no two the same, unlike those of any other call."""
    random, run = Random(seed), uuid4().hex[:8]
    return (order(number, random, run) for number in itertools.count())


def first_orders() -> list[dict[str, Any]]:
    """One order of each customer, so that the others find them known."""
    random, run = Random(0), uuid4().hex[:8]
    return [order(number, random, run, number) for number in range(CUSTOMERS)]
