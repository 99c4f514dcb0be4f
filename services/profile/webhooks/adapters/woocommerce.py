"""WooCommerce: webhooks of REST wc/v3. Times are those with `_gmt`; refunds stand beside a total they do not lower."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from html import unescape
from typing import Any

from services.profile.ingestion.rules import Item, Kind
from services.profile.ingestion.touches.rules import of_campaign, of_visit
from services.profile.webhooks.adapters.woocommerce_products import product
from services.profile.webhooks.rules import (
    Payload,
    amount,
    document_of,
    email,
    identities,
    inner,
    instant,
    is_signed_by_hmac,
    joined,
    labels,
    name,
    of_order,
    phone,
    ranked,
    region,
    required,
    said,
    said_at,
    several,
    text,
    total,
)
from services.profile.webhooks.schemas import Adapter, Delivery, Envelope, Reading, Shop

UNKNOWN = "unknown"
STATUSES = {
    **{"pending": "placed", "on-hold": "placed", "failed": "placed", "checkout-draft": "placed"},
    **{"processing": "paid", "completed": "shipped", "refunded": "refunded", "cancelled": "cancelled"},
    "trash": "cancelled",
}
STEPS = tuple(STATUSES)
MONEY_CAME = ("processing", "completed", "refunded")
ADDRESS = ("address_1", "address_2", "city", "state", "postcode", "country")
AGAIN = (".deleted", ".restored")
ATTRIBUTION = "_wc_order_attribution_"
Reader = Callable[[Payload, Shop, datetime], Reading]


def _order(payload: Payload, shop: Shop, at: datetime) -> Reading:
    order_id, billing = required(payload, "id"), inner(payload, "billing")
    modified = instant(payload.get("date_modified_gmt"))
    document = said(
        source=shop.code,
        order_id=order_id,
        number=text(payload.get("number")),
        updated_at=said_at(payload.get("date_modified_gmt")),
        identities=of_order(_who(payload.get("customer_id"), billing, billing), shop.code, order_id),
        **_progress(payload),
        channel=text(payload.get("created_via")),
        currency=text(payload.get("currency")) or shop.currency,
        lines=[*map(_line, several(payload, "line_items")), *map(_fee, several(payload, "fee_lines"))],
        totals=_totals(payload),
        coupon_codes=labels(one.get("code") for one in several(payload, "coupon_lines")),
        touch=_touch(payload) or None,
    )
    rank = ranked(modified, _steps(payload)) if modified else at
    told = modified or at
    people = _report(payload.get("customer_id"), billing, billing, shop, told)
    return Reading([Item(Kind.ORDER, document, rank), *_refunds(payload, shop, order_id, told), *people])


def _deletion(payload: Payload, shop: Shop, at: datetime) -> Reading:
    return Reading([_step(payload, shop, "cancelled", at)])


def _restoration(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """The order as it is, and that it counts again although its last change is older than its deletion."""
    whole = _order(payload, shop, at)
    return Reading([*whole.items, _step(payload, shop, "restored", at)])


def _customer(payload: Payload, shop: Shop, at: datetime) -> Reading:
    required(payload, "id")
    told = instant(payload.get("date_modified_gmt")) or at
    return Reading(_report(payload.get("id"), payload, inner(payload, "billing"), shop, told))


def _customer_deletion(payload: Payload, shop: Shop, at: datetime) -> Reading:
    return Reading(closed=required(payload, "id"))


READERS: Mapping[str, tuple[Kind, Reader]] = {
    "order.created": (Kind.ORDER, _order),
    "order.updated": (Kind.ORDER, _order),
    "order.restored": (Kind.ORDER, _restoration),
    "order.deleted": (Kind.STEP, _deletion),
    "product.created": (Kind.PRODUCT, product),
    "product.updated": (Kind.PRODUCT, product),
    "product.restored": (Kind.PRODUCT, product),
    "customer.created": (Kind.CUSTOMER, _customer),
    "customer.updated": (Kind.CUSTOMER, _customer),
    "customer.deleted": (Kind.CUSTOMER, _customer_deletion),
}


def is_signed(delivery: Delivery, secret: str) -> bool:
    """Whether the body was signed with a webhook's secret."""
    return is_signed_by_hmac(delivery.raw, secret, delivery.head.get("x-wc-webhook-signature"))


def envelope(delivery: Delivery) -> Envelope:
    """The vendor's delivery id is the same for all of a second: the body is what a repetition is known by.

    What is deleted, restored and deleted again says the same each time; there the id tells when.
    """
    topic = text(delivery.head.get("x-wc-webhook-topic")) or UNKNOWN
    when = delivery.head.get("x-wc-webhook-delivery-id", "") if topic.endswith(AGAIN) else ""
    return Envelope(topic, f"{topic}:{hashlib.sha256(delivery.raw).hexdigest()}:{when}", delivery.received_at)


def read(delivery: Delivery, about: Envelope, shop: Shop) -> Reading:
    """What a payload says."""
    if about.topic not in READERS:
        return Reading()
    _, reader = READERS[about.topic]
    return reader(document_of(delivery.raw), shop, about.at)


def _progress(payload: Payload) -> dict[str, Any]:
    status = str(payload.get("status"))
    known = STATUSES.get(status, "placed")
    return said(
        status=known,
        placed_at=said_at(payload.get("date_created_gmt")),
        paid_at=said_at(payload.get("date_paid_gmt")),
        shipped_at=said_at(payload.get("date_completed_gmt")),
        cancelled_at=said_at(payload.get("date_modified_gmt")) if known == "cancelled" else None,
    )


def _steps(payload: Payload) -> int:
    """How far an order is: of two versions of one second the further one counts."""
    status = payload.get("status")
    return (STEPS.index(status) if status in STEPS else 0) + len(several(payload, "refunds"))


def _totals(payload: Payload) -> dict[str, Any]:
    """Line totals are without tax, whatever the shop's prices contain."""
    came = payload.get("status") in MONEY_CAME or instant(payload.get("date_paid_gmt")) is not None
    return said(
        discount=amount(payload.get("discount_total")),
        shipping=amount(payload.get("shipping_total")),
        tax=amount(payload.get("total_tax")),
        total=amount(payload.get("total")),
        paid=amount(payload.get("total")) if came else "0",
    )


def _line(line: Payload) -> dict[str, Any]:
    quantity, before = total([line.get("quantity")]), total([line.get("subtotal")])
    return said(
        line_id=text(line.get("id")),
        sku=text(line.get("sku")),
        name=name(unescape(str(line.get("name") or ""))),
        quantity=amount(line.get("quantity")),
        unit_price=amount(before / quantity if quantity else before),
        discount=amount(max(before - total([line.get("total")]), Decimal(0))),
    )


def _fee(line: Payload) -> dict[str, Any]:
    price = amount(max(total([line.get("total")]), Decimal(0)))
    return said(
        line_id=text(line.get("id")), name=name(unescape(str(line.get("name") or ""))), quantity=1, unit_price=price
    )


def _refunds(payload: Payload, shop: Shop, order_id: str, at: datetime) -> Sequence[Item]:
    """Each told apart from the order, whose time of change does not move with them. They have no time of their own."""
    about = {"source": shop.code, "order_id": order_id, "refunded_at": at.isoformat()}
    return [
        Item(Kind.REFUND, about | said(refund_id=text(one.get("id")), amount=amount(-total([one.get("total")]))), at)
        for one in several(payload, "refunds")
    ]


def _step(payload: Payload, shop: Shop, step: str, at: datetime) -> Item:
    about = {"source": shop.code, "order_id": required(payload, "id")}
    return Item(Kind.STEP, about | {"step": step, "at": at.isoformat()}, at)


def _who(customer_id: Any, person: Payload, billing: Payload) -> list[dict[str, str]]:
    """A customer of id 0 is a guest, who is recognised by the address that the invoice goes to."""
    return identities(
        external=text(customer_id) if customer_id else None,
        email=email(person.get("email")),
        phone=phone(billing.get("phone"), text(billing.get("country"))),
    )


def _report(customer_id: Any, person: Payload, billing: Payload, shop: Shop, at: datetime) -> list[Item]:
    who = _who(customer_id, person, billing)
    traits = said(
        name=joined(" ", person, ("first_name", "last_name")),
        address=joined(", ", billing, ADDRESS),
        city=text(billing.get("city")),
        region=region(billing.get("country"), billing.get("state")),
        registered_at=said_at(person.get("date_created_gmt")),
    )
    document = {"source": shop.code, "identities": who, "updated_at": at.isoformat(), "traits": traits}
    return [Item(Kind.CUSTOMER, document, at)] if who else []


def _touch(payload: Payload) -> dict[str, str]:
    told = {str(one.get("key")).removeprefix(ATTRIBUTION): one.get("value") for one in several(payload, "meta_data")}
    campaign = {"source": told.get("utm_source"), "medium": told.get("utm_medium"), "name": told.get("utm_campaign")}
    return of_campaign(campaign) or of_visit(told.get("session_entry"), told.get("referrer"))


ADAPTER = Adapter(is_signed, envelope, read, {topic: kind for topic, (kind, _) in READERS.items()})
