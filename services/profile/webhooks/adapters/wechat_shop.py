"""WeChat shop (微信小店) and its older trade component, in plain mode: the address is signed, the body is not."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from services.profile.ingestion.rules import Item, Kind
from services.profile.webhooks.rules import (
    Payload,
    amount,
    document_of,
    identities,
    inner,
    local_instant,
    required,
    said,
    text,
    total,
)
from services.profile.webhooks.schemas import Adapter, Delivery, Envelope, Reading, Shop
from shared.errors import Malformed

UNKNOWN = "unknown"
CURRENCY, FEN = "CNY", 100
REFUNDED = ("MERCHANT_REFUND_SUCCESS", "MERCHANT_RETURN_SUCCESS")
DECLARATION = "<!"  # of a document type or an entity; CDATA is a `<![`
Reader = Callable[[Payload, Shop, datetime], Reading]


def _order(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """A message has neither lines nor amounts: the order is held until a back end reports it."""
    about = {"source": shop.code, "order_id": required(inner(payload, "order_info"), "order_id")}
    step = Item(Kind.STEP, about | {"step": "placed", "at": at.isoformat()}, at)
    return Reading([step, *_customer(payload, shop, at)])


def _after_sale(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """Money has gone back in two states only."""
    update = inner(payload, "finder_shop_aftersale_status_update")
    if update.get("status") not in REFUNDED:
        return Reading()
    refund = said(
        source=shop.code,
        order_id=required(update, "order_id"),
        refund_id=required(update, "after_sale_order_id"),
        amount=_yuan(update.get("wxa_vip_discounted_price")),
        currency=CURRENCY,
        refunded_at=at.isoformat(),
    )
    return Reading([Item(Kind.REFUND, refund, at)])


def _payment(payload: Payload, shop: Shop, at: datetime) -> Reading:
    about = inner(payload, "order_info")
    paid = local_instant(about.get("pay_time"), "Asia/Shanghai") or at
    order = said(
        source=shop.code,
        order_id=required(about, "order_id"),
        number=text(about.get("out_order_id")),
        updated_at=at.isoformat(),
        identities=identities(openid=text(payload.get("FromUserName"))),
        status="paid",
        placed_at=paid.isoformat(),
        paid_at=paid.isoformat(),
        channel="wechat",
        currency=CURRENCY,
        totals=said(total=_yuan(about.get("amount"))),
    )
    return Reading([Item(Kind.ORDER, order, at)])


READERS: Mapping[str, tuple[Kind, Reader]] = {
    "channels_ec_order_new": (Kind.STEP, _order),
    "channels_ec_aftersale_update": (Kind.REFUND, _after_sale),
    "open_product_order_pay": (Kind.ORDER, _payment),
}


def is_signed(delivery: Delivery, secret: str) -> bool:
    """Whether the address was signed with the token: SHA-1 of token, timestamp and nonce, sorted and joined."""
    head = delivery.head
    parts = sorted((secret, head.get("timestamp", ""), head.get("nonce", "")))
    made = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(made.encode(), head.get("signature", "").encode())


def envelope(delivery: Delivery) -> Envelope:
    """Up to ten repetitions have the same body."""
    message = _message(delivery.raw)
    topic = text(message.get("Event")) or UNKNOWN
    at = _seconds(message.get("CreateTime")) or delivery.received_at
    return Envelope(topic, f"{topic}:{hashlib.sha256(delivery.raw).hexdigest()}", min(at, delivery.received_at))


def read(delivery: Delivery, about: Envelope, shop: Shop) -> Reading:
    """What a message says."""
    if about.topic not in READERS:
        return Reading()
    _, reader = READERS[about.topic]
    return reader(_message(delivery.raw), shop, about.at)


def _customer(payload: Payload, shop: Shop, at: datetime) -> list[Item]:
    who = identities(openid=text(payload.get("FromUserName")))
    document = {"source": shop.code, "identities": who, "updated_at": at.isoformat(), "traits": {}}
    return [Item(Kind.CUSTOMER, document, at)] if who else []


def _message(raw: bytes) -> Payload:
    """The message of a body in JSON or XML. Raises Malformed."""
    if not raw.lstrip().startswith(b"<"):
        return document_of(raw)
    try:
        text_of_it = raw.decode()
        if DECLARATION in text_of_it.replace("<![CDATA[", ""):
            raise Malformed("The XML declares a document type.")
        return _children(ElementTree.fromstring(text_of_it))  # noqa: S314 - no entity can be declared in it
    except (UnicodeDecodeError, ElementTree.ParseError):
        raise Malformed("The body is not valid XML in UTF-8.") from None


def _children(element: ElementTree.Element) -> dict[str, Any]:
    return {one.tag: {two.tag: two.text for two in one} if len(one) else one.text for one in element}


def _seconds(value: Any) -> datetime | None:
    digits = text(value)
    fits = digits is not None and digits.isascii() and digits.isdecimal() and len(digits) <= len("1000000000")
    return datetime.fromtimestamp(int(digits), UTC) if fits and digits is not None else None


def _yuan(fen: Any) -> str | None:
    return None if text(fen) is None else amount(total([fen]) / FEN)


ADAPTER = Adapter(is_signed, envelope, read, {topic: kind for topic, (kind, _) in READERS.items()})
