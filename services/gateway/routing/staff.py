"""Which teams the manager of a key leads: asked of profile, and remembered for a minute."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson

from services.gateway.routing.upstream import Upstream
from shared.auth.caller import Caller
from shared.auth.tokens import Minter
from shared.errors import Unauthenticated, Unavailable

OWNER = "profile"
REMEMBERED_SECONDS = 60.0
DEADLINE_SECONDS = 1.0
ROOM = 10_000


class Staff:
    """Narrows callers to what their manager may see."""

    def __init__(self, upstreams: Mapping[str, Upstream], minter: Minter, seconds: Callable[[], float]) -> None:
        self._upstreams, self._minter, self._seconds = upstreams, minter, seconds
        self._known: dict[UUID, tuple[frozenset[UUID] | None, float]] = {}

    async def narrowed(self, caller: Caller) -> Caller:
        """The caller with the teams of its manager. Raises Unauthenticated when that manager is no longer in use."""
        if caller.manager_id is None:
            return caller
        known = self._known.get(caller.manager_id)
        if known is None or self._seconds() - known[1] >= REMEMBERED_SECONDS:
            if len(self._known) >= ROOM:
                self._known.clear()
            known = self._known[caller.manager_id] = (await self._ask(caller.manager_id), self._seconds())
        if known[0] is None:
            raise Unauthenticated("The manager whom this key belongs to is not in use.")
        return replace(caller, team_ids=known[0])

    async def _ask(self, manager_id: UUID) -> frozenset[UUID] | None:
        token = self._minter.token(OWNER, Caller("gateway", "service"))
        headers = {"authorization": f"Bearer {token}"}
        path = f"/internal/managers/{manager_id}/scope"
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            self._upstreams[OWNER].answering("GET", path, headers) as response,
        ):
            content = await response.read()
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        if response.status != HTTPStatus.OK:
            raise Unavailable("Nobody can say whose customers this key sees at the moment.", retry_after=2)
        answer: dict[str, Any] = orjson.loads(content)
        return frozenset(UUID(one) for one in answer["team_ids"])
