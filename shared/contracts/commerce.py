"""What shops may put on `commerce.events`. They know no id of ours, so these bodies carry identifiers.

They are therefore no events of the registry: each is the body of an HTTP door, taken by the same use case, and may be
refused like there.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inbound:
    """A type, the HTTP operation whose body it carries (None = only here), and what makes two of them the same."""

    type: str
    body_of: str | None
    natural_key: tuple[str, ...]
    summary: str


ORDER_REPORTED = Inbound(
    "commerce.order.reported",
    "POST /v1/orders",
    ("source", "order_id"),
    "An order as the shop knows it now. Newest by order_version, else by updated_at.",
)
REFUND_REPORTED = Inbound(
    "commerce.refund.reported",
    None,
    ("source", "order_id", "refund_id"),
    "Money given back. Held until its order arrives.",
)
CUSTOMER_REPORTED = Inbound(
    "commerce.customer.reported",
    None,
    ("source", "identities"),
    "A customer's archive as the shop knows it; per field the latest updated_at wins.",
)
BEHAVIOUR_REPORTED = Inbound(
    "commerce.behaviour.reported",
    "POST /v1/events",
    ("source", "message_id"),
    "Something a customer did: viewed, searched, put into the cart.",
)
PRODUCT_REPORTED = Inbound(
    "commerce.product.reported",
    "POST /v1/products",
    ("source", "sku"),
    "A product as the shop knows it now. Newest by updated_at.",
)

SHOPS_TELL = (ORDER_REPORTED, REFUND_REPORTED, CUSTOMER_REPORTED, BEHAVIOUR_REPORTED, PRODUCT_REPORTED)
INBOUND = {one.type: one for one in SHOPS_TELL}
