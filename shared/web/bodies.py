"""Reading bodies within limits: bytes as they arrive, gzip without bombs, JSON neither deep nor endless."""

import zlib
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from shared.errors import Malformed, TooLarge, UnsupportedMediaType

MIB = 1024 * 1024
DEFAULT_LIMIT = MIB
BATCH_LIMIT = 5 * MIB
DEEPEST = 32
LONGEST = 10_000
AS_BRACES = bytes.maketrans(b"[]", b"{}")
NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


async def read_limited(request: Request, limit: int) -> bytes:
    """The raw body. Raises TooLarge as soon as more than `limit` bytes came, whatever the headers said."""
    declared = request.headers.get("content-length")
    if declared is not None and declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    message = await request.receive()
    body: bytes = message.get("body", b"")
    if len(body) > limit:
        raise _too_large(limit)
    if not message.get("more_body"):
        _refuse_disconnected(message)
        return body
    return await _rest(request, bytearray(body), limit)


async def _rest(request: Request, body: bytearray, limit: int) -> bytes:
    more = True
    while more:
        message = await request.receive()
        _refuse_disconnected(message)
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return bytes(body)


def _refuse_disconnected(message: Mapping[str, Any]) -> None:
    if message["type"] == "http.disconnect":
        raise ClientDisconnect


def unzip_limited(body: bytes, limit: int) -> bytes:
    """The unpacked gzip body. Raises TooLarge before more than `limit` bytes exist, Malformed when it is no gzip."""
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise Malformed("The body is not valid gzip.") from None
    if len(unpacked) > limit:
        raise _too_large(limit)
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed("The gzip body is cut off or followed by something else.")
    return unpacked


def parse_json(body: bytes) -> Any:
    """The value. Raises Malformed for what is no JSON in UTF-8 or nested too deep, TooLarge for endless arrays."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"The body is not valid JSON in UTF-8 (line {error.lineno}, column {error.colno}).") from None
    # A look at the bytes spares nearly every body the walk.
    brackets = body.count(b"{") + body.count(b"[")
    if body.count(b",") >= LONGEST or (brackets > DEEPEST and not _is_shallow(body)):
        _measure(value)
    if b"\\u0000" in body:
        _refuse_nul(value)
    return value


def _is_shallow(body: bytes) -> bool:
    """Whether taking out innermost pairs of brackets `DEEPEST` times leaves none. Texts with escapes are not judged."""
    if b"\\" in body:
        return False
    outside_texts = b"".join(body.split(b'"')[::2])
    brackets = outside_texts.translate(AS_BRACES, NO_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            break
        brackets = brackets.replace(b"{}", b"")
    return not brackets


def _measure(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Malformed(f"The body is nested deeper than {DEEPEST} levels.")
        inner: list[Any] = []
        for node in level:
            if isinstance(node, list):
                if len(node) > LONGEST:
                    raise TooLarge(f"An array has more than {LONGEST:,} elements.", code="batch_too_large")
                inner += [child for child in node if isinstance(child, dict | list)]
            elif isinstance(node, dict):
                inner += [child for child in node.values() if isinstance(child, dict | list)]
        level = inner


def _refuse_nul(value: Any) -> None:
    """PostgreSQL stores no character NUL, and nobody means one."""
    if isinstance(value, str) and "\0" in value:
        raise Malformed("A text holds the character NUL.")
    if isinstance(value, dict):
        for key, child in value.items():
            _refuse_nul(key)
            _refuse_nul(child)
    elif isinstance(value, list):
        for child in value:
            _refuse_nul(child)


def require_json_type(content_type: str | None) -> None:
    """Raise UnsupportedMediaType unless the header says JSON."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType("Send the body as application/json.")


def unpacked(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The body without its Content-Encoding. Raises UnsupportedMediaType for anything but gzip."""
    if encoding is None or encoding == "identity":
        return body
    if encoding.strip().lower() != "gzip":
        raise UnsupportedMediaType("The only Content-Encoding read here is gzip.")
    return unzip_limited(body, limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body has more than {limit:,} bytes.")
