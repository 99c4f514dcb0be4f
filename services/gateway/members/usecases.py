"""Whom a member token may be given to, as profile knows."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import orjson

from services.gateway.routing.upstream import Upstream
from shared.errors import Gone, NotFound, Unavailable

DEADLINE = timedelta(seconds=2)


async def counting(profile: Upstream, customer_id: UUID, headers: Mapping[str, str]) -> UUID:
    """The id that a customer counts as. Raises NotFound, Gone when erased, Unavailable and TimeoutError."""
    async with asyncio.timeout(DEADLINE.total_seconds()):
        async with profile.answering("GET", f"/internal/customers/{customer_id}", headers) as response:
            content = await response.read()
    if response.status == HTTPStatus.NOT_FOUND:
        raise NotFound("There is no such customer.")
    if response.status != HTTPStatus.OK:
        raise Unavailable("The service profile does not answer at the moment.", retry_after=2)
    known = orjson.loads(content)
    if known["status"] != "active":
        raise Gone("This customer was erased.")
    return UUID(known["canonical_id"])
