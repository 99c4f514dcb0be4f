"""Wiring of the gateway: its own endpoints, its pages and the services behind it, under one door."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import orjson
from fastapi import FastAPI
from prometheus_client import start_http_server

from services.gateway.access import api as access
from services.gateway.access.verification import Verifier
from services.gateway.customer360 import api as customer360
from services.gateway.documentation import store
from services.gateway.documentation.site import site
from services.gateway.members import api as members
from services.gateway.operations import api as operations
from services.gateway.privacy import api as privacy
from services.gateway.routing.admission import Admission
from services.gateway.routing.door import Door, Inside
from services.gateway.routing.limits import Limiter
from services.gateway.routing.staff import Staff
from services.gateway.routing.table import RouteTable
from services.gateway.routing.upstream import Upstream
from services.gateway.ticks import ticking
from shared.auth.tokens import Minter
from shared.runtime import Runtime
from shared.settings import SERVICES, Settings
from shared.web.app import create_app as create_own

BEHIND = tuple(service for service in SERVICES if service != "gateway")


def create_app(runtime: Runtime, document: Callable[[], bytes] = store.content) -> Door:
    """The gateway as one ASGI application; `document` is the merged one, by which it routes."""
    settings = runtime.settings
    upstreams = {service: Upstream(service, settings.service_url(service)) for service in BEHIND}
    verifier, minter = Verifier(runtime), Minter(settings, runtime.clock)
    own = own_app(runtime, upstreams, verifier, minter)
    return Door(
        Inside(own, site(document), lambda: RouteTable(orjson.loads(document()))),
        upstreams,
        Admission(verifier, Limiter(time.monotonic), Staff(upstreams, minter, time.monotonic)),
        minter,
        [
            lambda: _metrics(settings),
            lambda: ticking(runtime),
            *(upstream.connected for upstream in upstreams.values()),
        ],
    )


def own_app(runtime: Runtime, upstreams: Mapping[str, Upstream], verifier: Verifier, minter: Minter) -> FastAPI:
    """What the gateway answers itself."""
    routers = [
        *access.routers(verifier),
        customer360.router(upstreams, minter),
        privacy.router(upstreams, minter),
        members.router(upstreams["profile"], minter),
        operations.router(upstreams),
    ]
    return create_own(runtime, title="Guanxi gateway", routers=routers)


@asynccontextmanager
async def _metrics(settings: Settings) -> AsyncIterator[None]:
    """Metrics on a port of their own: what is public ends at the gateway's."""
    server, thread = start_http_server(settings.metrics_port, settings.http_host)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
