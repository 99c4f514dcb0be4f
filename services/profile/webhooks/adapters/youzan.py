"""Youzan (有赞): pushed messages whose `msg` is URL-encoded JSON, signed by MD5 as the platform has it."""

import hashlib
import hmac
from datetime import datetime
from urllib.parse import unquote

from services.profile.ingestion.rules import Item, Kind
from services.profile.webhooks.rules import Payload, document_of, local_instant, required, text
from services.profile.webhooks.schemas import Adapter, Delivery, Envelope, Reading, Shop

UNKNOWN = "unknown"
CLOSED = "trade_TradeClose"


def is_signed(delivery: Delivery, secret: str) -> bool:
    """Whether the message was signed with the client secret."""
    push = document_of(delivery.raw)
    client, message = push.get("client_id"), push.get("msg")
    made = hashlib.md5(f"{client}{message}{secret}".encode(), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(made.encode(), str(push.get("sign")).encode())


def envelope(delivery: Delivery) -> Envelope:
    """Messages of one id are told apart by their version; a repetition has the same."""
    push = document_of(delivery.raw)
    topic = text(push.get("type")) or UNKNOWN
    return Envelope(topic, f"{topic}:{push.get('id')}:{push.get('version')}:{push.get('sign')}", delivery.received_at)


def read(delivery: Delivery, about: Envelope, shop: Shop) -> Reading:
    """That a trade was closed; a test message says nothing."""
    push = document_of(delivery.raw)
    if about.topic != CLOSED or push.get("test") is True:
        return Reading()
    return _closed(document_of(unquote(str(push.get("msg"))).encode()), shop, about.at)


def _closed(message: Payload, shop: Shop, at: datetime) -> Reading:
    closed = local_instant(message.get("update_time"), "Asia/Shanghai") or at
    about = {"source": shop.code, "order_id": required(message, "tid")}
    return Reading([Item(Kind.STEP, about | {"step": "cancelled", "at": closed.isoformat()}, closed)])


ADAPTER = Adapter(is_signed, envelope, read, {CLOSED: Kind.STEP})
