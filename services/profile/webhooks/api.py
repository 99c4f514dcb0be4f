"""The doors of shop platforms: open to all, and closed to what is not signed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.profile.deliveries.schemas import DeliveryOut
from services.profile.sources import usecases as sources
from services.profile.sources.schemas import SHOPIFY, WECHAT_SHOP, WOOCOMMERCE, YOUZAN
from services.profile.webhooks import usecases
from services.profile.webhooks.rules import is_ping
from services.profile.webhooks.schemas import Delivery
from shared.web import bodies, idempotency
from shared.web.dependencies import Now, ReadSession, WriteSession
from shared.web.routing import PUBLIC, Router

LIMIT = 4 * bodies.MIB

router = Router("", tag="Webhooks")


async def raw_body(request: Request) -> bytes:
    """The bytes as they came: signatures are over them."""
    content = await bodies.read_limited(request, LIMIT)
    idempotency.bind(request, content)
    return content


async def head_of(request: Request) -> Mapping[str, str]:
    """All headers by lower-case name."""
    return request.headers


RawBody = Annotated[bytes, Depends(raw_body)]
Head = Annotated[Mapping[str, str], Depends(head_of)]
Topic = Annotated[str | None, Header(max_length=128)]
Signature = Annotated[str | None, Header(max_length=256, description="Base64 HMAC-SHA256 of the raw body.")]
Signed = Annotated[str, Query(max_length=256)]


@router.post("/webhooks/in/shopify/{source_id}", scope=PUBLIC)
def receive_shopify(
    source_id: UUID,
    raw: RawBody,
    head: Head,
    *,
    session: WriteSession,
    now: Now,
    x_shopify_topic: Topic = None,
    x_shopify_hmac_sha256: Signature = None,
) -> DeliveryOut:
    """A webhook of Shopify. Every signed one is answered 200, also when what it tells became a rejection."""
    return usecases.receive(session, Delivery(source_id, SHOPIFY, head, raw, now), now)


@router.post("/webhooks/in/woocommerce/{source_id}", scope=PUBLIC)
def receive_woocommerce(
    source_id: UUID,
    raw: RawBody,
    head: Head,
    *,
    session: WriteSession,
    now: Now,
    x_wc_webhook_topic: Topic = None,
    x_wc_webhook_signature: Signature = None,
) -> DeliveryOut | None:
    """A webhook of WooCommerce. The unsigned ping at its creation is answered 200 with null, and nothing is kept."""
    if is_ping(raw):
        sources.get(session, source_id)
        return None
    return usecases.receive(session, Delivery(source_id, WOOCOMMERCE, head, raw, now), now)


@router.get("/webhooks/in/wechat-shop/{source_id}", scope=PUBLIC)
def confirm_wechat_shop(
    source_id: UUID,
    session: ReadSession,
    now: Now,
    *,
    signature: Signed,
    timestamp: Signed,
    nonce: Signed,
    echostr: Signed,
) -> Response:
    """WeChat asks whether an address is the merchant's; the answer is the text that it sent."""
    usecases.verified(session, _of_wechat(source_id, signature, timestamp, nonce, now=now), now)
    return PlainTextResponse(echostr)


@router.post("/webhooks/in/wechat-shop/{source_id}", scope=PUBLIC)
def receive_wechat_shop(
    source_id: UUID,
    raw: RawBody,
    *,
    session: WriteSession,
    now: Now,
    signature: Signed,
    timestamp: Signed,
    nonce: Signed,
    openid: Annotated[str | None, Query(max_length=128)] = None,
) -> Response:
    """A message of WeChat shop in plain mode, JSON or XML; the answer is the word that stops repetitions."""
    usecases.receive(session, _of_wechat(source_id, signature, timestamp, nonce, raw=raw, now=now), now)
    return PlainTextResponse("success")


@router.post("/webhooks/in/youzan/{source_id}", scope=PUBLIC)
def receive_youzan(source_id: UUID, raw: RawBody, *, session: WriteSession, now: Now) -> dict[str, Any]:
    """A message pushed by Youzan; the answer is the one that stops repetitions."""
    usecases.receive(session, Delivery(source_id, YOUZAN, {}, raw, now), now)
    return {"code": 0, "msg": "success"}


def _of_wechat(
    source_id: UUID, signature: str, timestamp: str, nonce: str, *, raw: bytes = b"", now: datetime
) -> Delivery:
    head = {"signature": signature, "timestamp": timestamp, "nonce": nonce}
    return Delivery(source_id, WECHAT_SHOP, head, raw, now)
