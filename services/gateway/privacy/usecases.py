"""Asking all services for their part."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import orjson
from aiohttp import ClientError, ClientResponse

from services.gateway.routing.upstream import Upstream
from shared.errors import Gone, NotFound, Unavailable
from shared.web.retention import RetentionOut

SECONDS = 10.0
OWNER = "profile"
PIECE = 65_536
Headers = Mapping[str, Mapping[str, str]]
Parts = Mapping[str, ClientResponse]


async def open_export(
    stack: AsyncExitStack, upstreams: Mapping[str, Upstream], customer_id: UUID, headers: Headers
) -> Parts:
    """The parts of an export, each begun; they end with the stack.

    Raises NotFound and Gone as profile does, and Unavailable when any service does not answer: no part may be missing.
    """
    path = f"/internal/customers/{customer_id}/export"

    async def begin(service: str) -> ClientResponse:
        async with asyncio.timeout(SECONDS):
            return await stack.enter_async_context(upstreams[service].answering("GET", path, headers[service]))

    found = await asyncio.gather(*map(begin, upstreams), return_exceptions=True)
    parts = dict(zip(upstreams, found, strict=True))
    owner = parts[OWNER]
    if isinstance(owner, ClientResponse) and owner.status == HTTPStatus.NOT_FOUND:
        raise NotFound("There is no such customer.")
    if isinstance(owner, ClientResponse) and owner.status == HTTPStatus.GONE:
        raise Gone("The customer was erased.")
    return {service: _whole(service, part) for service, part in parts.items()}


def _whole(service: str, part: ClientResponse | BaseException) -> ClientResponse:
    if isinstance(part, ClientResponse) and part.status == HTTPStatus.OK:
        return part
    if isinstance(part, ClientResponse | Unavailable | ClientError | TimeoutError):
        raise Unavailable(f"The part of {service} is missing; nothing was exported.", retry_after=2)
    raise part


async def archive(customer_id: UUID, at: datetime, parts: Parts) -> AsyncIterator[bytes]:
    """One JSON document of the parts, as they come."""
    head = {"customer_id": str(customer_id), "exported_at": at.isoformat().replace("+00:00", "Z")}
    yield orjson.dumps(head)[:-1] + b',"services":{'
    for number, (service, part) in enumerate(parts.items()):
        yield (b"," if number else b"") + orjson.dumps(service) + b":"
        async for piece in part.content.iter_chunked(PIECE):
            yield piece
    yield b"}}"


async def rules(upstreams: Mapping[str, Upstream], headers: Headers) -> Sequence[RetentionOut]:
    """The retention rules of all services; a table is named with its service."""
    answers = await asyncio.gather(*(_rules(upstreams[one], headers[one]) for one in upstreams))
    return [rule for some in answers for rule in some]


async def _rules(upstream: Upstream, headers: Mapping[str, str]) -> Sequence[RetentionOut]:
    status, content = await call(upstream, "GET", "/internal/retention-rules", headers)
    if status != HTTPStatus.OK:
        raise Unavailable(f"{upstream.name} does not tell its rules.", retry_after=2)
    return [named(upstream.name, one) for one in orjson.loads(content)]


async def call(
    upstream: Upstream, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, bytes]:
    """Status and content of a service's answer; raises Unavailable."""
    try:
        async with asyncio.timeout(SECONDS), upstream.answering(method, path, headers, body) as response:
            return response.status, await response.read()
    except (ClientError, TimeoutError):
        raise Unavailable(f"The service {upstream.name} does not answer.", retry_after=2) from None


def named(service: str, rule: Mapping[str, object]) -> RetentionOut:
    """A rule of a service as the gateway shows it."""
    return RetentionOut.model_validate({**rule, "table": f"{service}.{rule['table']}"})
