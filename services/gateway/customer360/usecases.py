"""Read the parts of one customer from all services at once."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from aiohttp import ClientError

from services.gateway.customer360.schemas import PARTS, Customer360
from services.gateway.routing.upstream import Upstream
from shared.errors import Gone, NotFound, Unavailable
from shared.telemetry import log

DEADLINE = timedelta(milliseconds=800)
OWNER = "profile"

Headers = Mapping[str, Mapping[str, str]]
Document = dict[str, Any]


async def read(upstreams: Mapping[str, Upstream], customer_id: UUID, headers: Headers) -> Document:
    """The document; what a service did not answer within 800 ms is listed in `unavailable`.

    `headers` are those to send, by service. Raises NotFound and Gone as profile does.
    """
    path = f"/internal/customers/{customer_id}/360"
    asked = [_ask(upstreams[service], path, headers[service]) for service in PARTS]
    answers = dict(zip(PARTS, await asyncio.gather(*asked), strict=True))
    document: Document = dict.fromkeys(Customer360.model_fields)
    unavailable: list[str] = []
    for service, parts in PARTS.items():
        answer = answers[service]
        if answer is None:
            unavailable += parts
        else:
            document |= {part: answer.get(part) for part in parts}
    return document | {"unavailable": unavailable}


async def _ask(upstream: Upstream, path: str, headers: Mapping[str, str]) -> Document | None:
    """A service's parts; None when it does not answer in time or well."""
    try:
        async with asyncio.timeout(DEADLINE.total_seconds()), upstream.answering("GET", path, headers) as response:
            content = await response.read()
    except (Unavailable, ClientError, TimeoutError) as error:
        log.warning("a part is missing", service=upstream.name, error=type(error).__name__)
        return None
    if response.status == HTTPStatus.NOT_FOUND:
        if upstream.name == OWNER:
            raise NotFound("There is no such customer.")
        return {}
    if response.status == HTTPStatus.GONE and upstream.name == OWNER:
        raise Gone("The customer was erased.")
    if response.status != HTTPStatus.OK:
        log.warning("a part is missing", service=upstream.name, status=response.status)
        return None
    answer: Document = orjson.loads(content)
    return answer
