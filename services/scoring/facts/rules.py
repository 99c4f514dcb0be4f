"""What an event says as a row of facts, and which orders count."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from shared.contracts.profile import ActivitySummarised, Line, OrderRecorded

COUNTING = frozenset({"paid", "shipped", "delivered"})
ZERO = Decimal(0)


def counts(order: OrderRecorded) -> bool:
    """Whether an order counts: paid or further, not cancelled, not refunded in full, no test. One of 0.00 counts."""
    nothing_left = order.totals.refunded > 0 and order.totals.refunded >= order.totals.total
    return not order.test and order.status in COUNTING and not nothing_left


def order_row(order: OrderRecorded) -> dict[str, Any]:
    """An order as a fact."""
    costed = [line for line in order.lines if line.unit_cost is not None]
    totals = order.totals
    return {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "version": order.version,
        "origin": order.origin,
        "occurred_at": order.occurred_at,
        "source": order.source,
        "shop_order_id": order.shop_order_id,
        "channel": order.channel,
        "store_id": order.store_id,
        "status": order.status,
        "test": order.test,
        "counted": counts(order),
        "placed_at": order.placed_at,
        "subtotal": totals.subtotal,
        "discount": totals.discount,
        "total": totals.total,
        "refunded": totals.refunded,
        "net": totals.total - totals.refunded,
        "units": sum((line.quantity for line in order.lines), ZERO),
        "returned_units": sum((line.returned_quantity for line in order.lines), ZERO),
        "returns": sum(one.kind == "return" for one in order.returns),
        "coupons": len(order.coupon_codes),
        "costed_sales": sum((line.net for line in costed), ZERO),
        "margin": sum((_margin(line) for line in costed), ZERO),
        "uncosted": sorted({line.sku for line in order.lines if line.unit_cost is None and line.sku is not None}),
        "refunded_at": _refunded_at(order),
        "delivered_at": order.delivered_at,
        "lines": [line.model_dump(mode="json") for line in order.lines],
    }


def activity_row(activity: ActivitySummarised) -> dict[str, Any]:
    """A day of behaviour as a fact."""
    return {
        "customer_id": activity.customer_id,
        "day": activity.day,
        "version": activity.version,
        "last_at": activity.last_at,
        "categories": activity.categories,
        **activity.counts.model_dump(),
    }


def _margin(line: Line) -> Decimal:
    """What a line earned: its net is after refunds, so only what was kept costs."""
    cost = line.unit_cost or ZERO
    return line.net - cost * (line.quantity - line.refunded_quantity)


def _refunded_at(order: OrderRecorded) -> datetime | None:
    """When money was last given back; what is not listed singly was at the time of this standing."""
    if order.totals.refunded == 0:
        return None
    return max((refund.at for refund in order.refunds), default=order.occurred_at)
