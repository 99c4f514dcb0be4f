"""Shopify: webhooks of the REST shape, API 2026-04 and older. Topic and keys stand in the head."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from services.profile.ingestion.rules import Kind
from services.profile.webhooks.adapters import shopify_customers as customers
from services.profile.webhooks.adapters import shopify_orders as orders
from services.profile.webhooks.adapters import shopify_products as products
from services.profile.webhooks.rules import Payload, document_of, instant, is_signed_by_hmac, text
from services.profile.webhooks.schemas import Adapter, Delivery, Envelope, Reading, Shop

UNKNOWN = "unknown"
ORDERS = ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")
CUSTOMERS = ("create", "update", "enable", "disable")
Reader = Callable[[Payload, Shop, datetime], Reading]


def _uninstalled(payload: Payload, shop: Shop, at: datetime) -> Reading:
    return Reading(uninstalled=True)


READERS: Mapping[str, tuple[Kind, Reader]] = {
    **{f"orders/{topic}": (Kind.ORDER, orders.order) for topic in ORDERS},
    "orders/delete": (Kind.STEP, orders.deletion),
    "refunds/create": (Kind.REFUND, orders.refund),
    "fulfillments/create": (Kind.PARCEL, orders.fulfilment),
    "fulfillments/update": (Kind.PARCEL, orders.fulfilment),
    **{f"customers/{topic}": (Kind.CUSTOMER, customers.customer) for topic in CUSTOMERS},
    "products/create": (Kind.PRODUCT, products.product),
    "products/update": (Kind.PRODUCT, products.product),
    "customers/delete": (Kind.CUSTOMER, customers.deletion),
    "customers/data_request": (Kind.UNREADABLE, customers.data_request),
    "customers/redact": (Kind.UNREADABLE, customers.redaction),
    "checkouts/create": (Kind.EVENT, customers.checkout),
    "app/uninstalled": (Kind.UNREADABLE, _uninstalled),
}


def is_signed(delivery: Delivery, secret: str) -> bool:
    """Whether the body was signed with a client secret."""
    return is_signed_by_hmac(delivery.raw, secret, delivery.head.get("x-shopify-hmac-sha256"))


def envelope(delivery: Delivery) -> Envelope:
    """Event and webhook id stay the same with every repetition; the event id also over several subscriptions."""
    head, topic = delivery.head, text(delivery.head.get("x-shopify-topic")) or UNKNOWN
    known = head.get("x-shopify-event-id") or head.get("x-shopify-webhook-id")
    key = known or hashlib.sha256(delivery.raw).hexdigest()
    at = instant(head.get("x-shopify-triggered-at")) or delivery.received_at
    return Envelope(topic, f"{topic}:{key}", min(at, delivery.received_at))


def read(delivery: Delivery, about: Envelope, shop: Shop) -> Reading:
    """What a payload says."""
    if about.topic not in READERS:
        return Reading()
    _, reader = READERS[about.topic]
    return reader(document_of(delivery.raw), shop, about.at)


ADAPTER = Adapter(is_signed, envelope, read, {topic: kind for topic, (kind, _) in READERS.items()})
