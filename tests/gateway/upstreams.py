"""Services for the gateway to call in tests: small real ASGI applications that record what reached them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass
class Received:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeService:
    """Answers by path: echoes by default, and can be told to hang, to stream or to break off."""

    ready: bool = True
    hanging: bool = False
    answer: tuple[int, bytes] | None = None
    received: list[Received] = field(default_factory=list)
    concurrent: int = 0
    most_concurrent: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["path"] == "/readyz":
            await _answer(send, 200 if self.ready else 503, b"{}")
            return
        self.concurrent += 1
        self.most_concurrent = max(self.most_concurrent, self.concurrent)
        try:
            await self._serve(scope, receive, send)
        finally:
            self.concurrent -= 1

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = scope["query_string"].decode()
        target = scope["raw_path"].decode() + (f"?{query}" if query else "")
        self.received.append(Received(scope["method"], target, headers, body))
        if self.hanging:
            await asyncio.sleep(60)
        match headers.get("x-please"):
            case "stream":
                await _stream(send, 5 * 1024 * 1024)
            case "break":
                await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
                await send({"type": "http.response.body", "body": b"12345", "more_body": True})
                raise ConnectionResetError
            case _ if self.answer is not None:
                await _answer(send, *self.answer)
            case _:
                document = {"target": target, "headers": headers, "length": len(body)}
                await _answer(send, 200, orjson.dumps(document))


async def _live(receive: Any, send: Any) -> None:
    for moment in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{moment}.complete"})


async def _answer(send: Any, status: int, content: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"etag", b'"7"')]})
    await send({"type": "http.response.body", "body": content})


async def _stream(send: Any, size: int) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]})
    for _ in range(size // 65536):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
