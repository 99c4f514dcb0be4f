"""The platforms' own payloads, byte for byte as they stand in `samples/`, and what tests vary of them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "samples"


class Sample(dict[str, Any]):
    """A payload with the bytes that it came as; whoever changes something of it gets a plain document."""

    raw: bytes


def raw(name: str) -> bytes:
    """A file of `samples/`."""
    return (FOLDER / name).read_bytes()


def sample(name: str) -> Sample:
    """A payload by platform and topic."""
    content = raw(f"{name}.json")
    found = Sample(json.loads(content))
    found.raw = content
    return found


BIG = 820982911946154508  # above 2**53: a float makes the next one of it
CREATED = sample("shopify/orders_create")
GUEST = sample("shopify/orders_create_guest")
MULTICURRENCY = sample("shopify/orders_create_multicurrency")
FREE = sample("shopify/orders_create_zero_total")
LONG = sample("shopify/orders_create_long")
NULL_CUSTOMER = sample("shopify/orders_paid_customer_null")
PARTLY_REFUNDED = sample("shopify/orders_updated_partial_refund")
CANCELLED = sample("shopify/orders_cancelled_refunded")
REFUND = sample("shopify/refunds_create")
SHIPPING_REFUND = sample("shopify/refunds_create_shipping_only")
FULFILMENT = sample("shopify/fulfillments_create")
CUSTOMER = sample("shopify/customers_create")
BILLER = sample("shopify/customers_update")
BILLER_GONE = sample("shopify/customers_delete")
DATA_REQUEST = sample("shopify/customers_data_request")
REDACT = sample("shopify/customers_redact")
SHIRT = sample("shopify/products_update")
CHECKOUT = sample("shopify/checkouts_create")
UNINSTALLED = sample("shopify/app_uninstalled")
JOHN = 115310627314723954
JOHN_SMITH = CREATED["customer"]

WOO_PENDING = sample("woocommerce/order_created")
WOO_GUEST = sample("woocommerce/order_created_guest")
WOO_REFUNDED = sample("woocommerce/order_updated_refunded")
WOO_CUSTOMER = sample("woocommerce/customer_created")
WOO_PRODUCT = sample("woocommerce/product_updated")
WOO_COUPON = sample("woocommerce/coupon_updated")


def php(payload: Any) -> bytes:
    """As PHP writes JSON: compact, in ASCII, with every slash escaped."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
