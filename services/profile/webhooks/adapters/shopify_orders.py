"""Orders, refunds and fulfilments of Shopify, amounts in the shop's currency."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profile.ingestion.rules import Item, Kind
from services.profile.ingestion.touches.rules import of_visit
from services.profile.webhooks.adapters.shopify_customers import contact_of, customer_items, identities_of
from services.profile.webhooks.rules import (
    Payload,
    amount,
    inner,
    instant,
    labels,
    name,
    of_order,
    ranked,
    required,
    said,
    said_at,
    several,
    text,
    total,
)
from services.profile.webhooks.schemas import Reading, Shop

MONEY_CAME = ("paid", "partially_refunded", "refunded")
STATUSES = {"paid": "paid", "partially_refunded": "paid", "refunded": "refunded"}
FINANCIAL = ("pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided")
NOT_SHIPPED = ("failure", "cancelled", "error")


def order(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """The order, and what it says of its customer. What the shop says of sums is kept, whether or not it adds up."""
    order_id, customer = required(payload, "id"), inner(payload, "customer")
    updated = instant(payload.get("updated_at"))
    who = identities_of(customer) or contact_of(payload)
    document = said(
        source=shop.code,
        order_id=order_id,
        number=text(payload.get("name")),
        updated_at=said_at(payload.get("updated_at")),
        identities=of_order(who, shop.code, order_id),
        **_progress(payload),
        channel=text(payload.get("source_name")),
        store_id=text(payload.get("location_id")),
        currency=text(payload.get("currency")) or shop.currency,
        lines=[_line(line) for line in several(payload, "line_items")],
        totals=_totals(payload),
        coupon_codes=labels(one.get("code") for one in several(payload, "discount_codes")),
        refunds=[_refund(one) for one in several(payload, "refunds")],
        parcels=[_parcel(one) for one in several(payload, "fulfillments") if one.get("status") not in NOT_SHIPPED],
        test=payload.get("test") is True,
        touch=of_visit(payload.get("landing_site"), payload.get("referring_site")) or None,
    )
    rank = ranked(updated, _steps(payload)) if updated else at
    people = customer_items(customer, shop, updated or at) if customer else []
    return Reading([Item(Kind.ORDER, document, rank), *people])


def deletion(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """A deleted order stays and counts no more."""
    step = {"source": shop.code, "order_id": required(payload, "id"), "step": "cancelled", "at": at.isoformat()}
    return Reading([Item(Kind.STEP, step, at)])


def refund(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """A refund names no customer: its order does. Without a currency it has the order's."""
    currencies = labels(one.get("currency") for one in _paid_back(payload))
    about = said(
        source=shop.code,
        order_id=required(payload, "order_id"),
        currency=currencies[0] if len(currencies) == 1 else None,
    )
    return Reading([Item(Kind.REFUND, about | _refund(payload), at)])


def fulfilment(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """A parcel, perhaps of an order that is still to come."""
    if payload.get("status") in NOT_SHIPPED:
        return Reading()
    reported = said_at(payload.get("updated_at")) or at.isoformat()
    about = {"source": shop.code, "order_id": required(payload, "order_id"), "reported_at": reported}
    return Reading([Item(Kind.PARCEL, about | _parcel(payload), at)])


def _progress(payload: Payload) -> dict[str, Any]:
    cancelled = payload.get("cancelled_at") is not None
    return {
        "status": "cancelled" if cancelled else STATUSES.get(str(payload.get("financial_status")), "placed"),
        "placed_at": said_at(payload.get("created_at")),
        "cancelled_at": said_at(payload.get("cancelled_at")),
        "cancel_reason": text(payload.get("cancel_reason")),
    }


def _steps(payload: Payload) -> int:
    """How far an order is: of two versions of one second the further one counts."""
    financial = payload.get("financial_status")
    paid = FINANCIAL.index(financial) if financial in FINANCIAL else 0
    pieces = len(several(payload, "refunds")) + len(several(payload, "fulfillments"))
    return paid + pieces + len(FINANCIAL) * (payload.get("cancelled_at") is not None)


def _totals(payload: Payload) -> dict[str, Any]:
    shipping = inner(inner(payload, "total_shipping_price_set"), "shop_money").get("amount")
    apart = amount(total(line.get("price") for line in several(payload, "shipping_lines")))
    return said(
        discount=amount(payload.get("total_discounts")),
        shipping=amount(shipping) or apart,
        tax=amount(payload.get("total_tax")),
        tax_included=payload.get("taxes_included") is True,
        tip=amount(payload.get("total_tip_received")),
        total=amount(payload.get("total_price")),
        paid=_paid(payload),
    )


def _paid(payload: Payload) -> str | None:
    status = payload.get("financial_status")
    if status == "partially_paid":
        return amount(total([payload.get("total_price")]) - total([payload.get("total_outstanding")]))
    return amount(payload.get("total_price")) if status in MONEY_CAME else "0"


def _line(line: Payload) -> dict[str, Any]:
    shares = several(line, "discount_allocations")
    off = total(one.get("amount") for one in shares) if shares else total([line.get("total_discount")])
    return said(
        line_id=text(line.get("id")),
        sku=text(line.get("sku")),
        name=name(line.get("name")) or name(line.get("title")),
        brand=text(line.get("vendor")),
        quantity=line.get("quantity"),
        unit_price=amount(line.get("price")),
        discount=amount(off),
    )


def _refund(payload: Payload) -> dict[str, Any]:
    """The money that went back: not what the goods were worth, and shipping only once."""
    lines = [
        said(line_id=text(one.get("line_item_id")), quantity=one.get("quantity"), amount=amount(one.get("subtotal")))
        for one in several(payload, "refund_line_items")
    ]
    return said(
        refund_id=required(payload, "id"),
        amount=amount(total(one.get("amount") for one in _paid_back(payload))),
        refunded_at=said_at(payload.get("processed_at")) or said_at(payload.get("created_at")),
        lines=[line for line in lines if line.get("quantity")],
    )


def _paid_back(payload: Payload) -> Sequence[Payload]:
    transactions = several(payload, "transactions")
    return [one for one in transactions if one.get("kind") == "refund" and one.get("status") == "success"]


def _parcel(payload: Payload) -> dict[str, Any]:
    """A parcel left once its fulfilment succeeded; until then it is only announced."""
    left = payload.get("status") == "success"
    arrived = left and payload.get("shipment_status") == "delivered"
    return said(
        parcel_id=required(payload, "id"),
        carrier=text(payload.get("tracking_company")),
        tracking_number=text(payload.get("tracking_number")),
        shipped_at=said_at(payload.get("created_at")) if left else None,
        delivered_at=said_at(payload.get("updated_at")) if arrived else None,
    )
