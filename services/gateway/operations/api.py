"""Health of all services, asked from where callers stand."""

import asyncio
import time
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from services.gateway.routing.upstream import Upstream
from shared.web.routing import Router
from shared.web.schemas import Out


class ServiceHealth(Out):
    """One service as the gateway sees it."""

    service: str = Field(examples=["profile"])
    ready: bool
    milliseconds: float


class HealthOut(Out):
    """All services; `degraded` while one of them is not ready."""

    status: Literal["ok", "degraded"]
    services: list[ServiceHealth]


def router(upstreams: Mapping[str, Upstream]) -> Router:
    """The routes, asking these services."""
    routes = Router("/ops", tag="Operations")

    @routes.get("/health", scope="ops")
    async def read_health() -> HealthOut:
        """Whether each service is ready. Always 200: the answer is in the body."""
        services = list(await asyncio.gather(*map(_health, upstreams.values())))
        return HealthOut(status="ok" if all(one.ready for one in services) else "degraded", services=services)

    return routes


async def _health(upstream: Upstream) -> ServiceHealth:
    begun = time.perf_counter()
    ready = await upstream.ready()
    return ServiceHealth(service=upstream.name, ready=ready, milliseconds=round((time.perf_counter() - begun) * 1e3, 1))
