"""Request bodies on their way through: as they arrive, or opened where the key stands inside."""

from collections.abc import AsyncIterator
from typing import TypeVar

from starlette.types import Message, Receive

from services.gateway.routing.upstream import Body, CallerGone
from shared.errors import Malformed, TooLarge
from shared.web.bodies import parse_json, unzip_limited

OPENED_LIMIT = 4 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"

Content = TypeVar("Content", bytes, bytearray)


async def arriving(receive: Receive) -> Body:
    """The body: whole where it came in one piece, else an iterator that yields what comes, when it comes."""
    first = await _next(receive)
    if first.get("more_body", False):
        return _chunks(first, receive)
    return first.get("body") or None


async def whole(body: Body) -> bytes:
    """All of a body. Raises TooLarge above what may be opened here."""
    if body is None or isinstance(body, bytes):
        return _within(body or b"")
    collected = bytearray()
    async for chunk in body:
        collected += chunk
        _within(collected)
    return bytes(collected)


def write_key_in(raw: bytes) -> str | None:
    """The `writeKey` of a tracking body, whatever its declared type; None where it has none.

    Raises Malformed when it is no JSON object, TooLarge when it unpacks to more than may be opened here.
    """
    document = parse_json(unzip_limited(raw, OPENED_LIMIT) if raw.startswith(GZIP_MAGIC) else raw)
    if not isinstance(document, dict):
        raise Malformed("The body must be a JSON object.")
    key = document.get("writeKey")
    return key if isinstance(key, str) else None


def _within(content: Content) -> Content:
    if len(content) > OPENED_LIMIT:
        raise TooLarge(f"A body whose key stands inside may have {OPENED_LIMIT} bytes at most.")
    return content


async def _chunks(first: Message, receive: Receive) -> AsyncIterator[bytes]:
    message = first
    while True:
        if chunk := message.get("body"):
            yield chunk
        if not message.get("more_body", False):
            return
        message = await _next(receive)


async def _next(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise CallerGone
    return message
