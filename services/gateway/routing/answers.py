"""Answers to the caller: an upstream's as it comes, or our own refusal in the form that the path promises."""

from collections.abc import Iterable

import orjson
from aiohttp import ClientResponse
from starlette.responses import Response
from starlette.types import Message, Send

from services.gateway.routing import headers, tracking
from services.gateway.routing.requests import Request
from shared.errors import GuanxiError
from shared.web import problems

AT_ONCE = 64 * 1024


class Outlet:
    """Sends one answer, and knows whether it has begun."""

    def __init__(self, request: Request, send: Send) -> None:
        self._request = request
        self._send = send
        self.status: int | None = None

    async def relay(self, response: ClientResponse) -> None:
        """Pass an upstream's answer on: small ones whole, others as they come."""
        await self._start(response.status, headers.back(response.raw_headers, self._own()))
        if response.content_length is not None and response.content_length <= AT_ONCE:
            await self._body(await response.read())
            return
        async for chunk in response.content.iter_any():
            await self._body(chunk, more=True)
        await self._body(b"")

    async def refuse(self, error: GuanxiError) -> None:
        """Answer with a problem document, or with `{"code","message"}` where a tracking library listens."""
        if self._request.tracks:
            content = orjson.dumps({"code": error.code, "message": error.detail})
            response = Response(content, error.status, error.headers, "application/json")
        else:
            response = problems.of_error(error, self._request.id)
        await self._start(response.status_code, [*response.raw_headers, *self._own()])
        await self._body(bytes(response.body))

    async def preflight(self) -> None:
        """Tell a browser that its page may call."""
        await self._start(204, [*tracking.PREFLIGHT, *self._own_id()])
        await self._body(b"")

    async def pass_message(self, message: Message) -> None:
        """Send a message of the gateway's own endpoints."""
        if message["type"] == "http.response.start":
            own = headers.back(message["headers"], self._own())
            await self._start(message["status"], own)
        else:
            await self._send(message)

    async def _start(self, status: int, head: Iterable[tuple[bytes, bytes]]) -> None:
        self.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": list(head)})

    async def _body(self, content: bytes, *, more: bool = False) -> None:
        await self._send({"type": "http.response.body", "body": content, "more_body": more})

    def _own(self) -> list[tuple[bytes, bytes]]:
        open_to_all = tracking.ANY_ORIGIN if tracking.from_browsers(self._request.path) else ()
        return [*self._own_id(), *open_to_all]

    def _own_id(self) -> list[tuple[bytes, bytes]]:
        return [(b"x-request-id", self._request.id.encode())]
