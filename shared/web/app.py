"""Putting a service's routers together into its HTTP application."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import anyio.to_thread
from fastapi import FastAPI

from shared.auth.tokens import Verifier, secret_of
from shared.runtime import Runtime
from shared.web import openapi
from shared.web.edge import Edge
from shared.web.health import Health
from shared.web.paths import Paths
from shared.web.routing import Router

SILENT: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}


def create_app(runtime: Runtime, *, title: str, routers: Iterable[Router], description: str = "") -> FastAPI:
    """The application of a service. Building it needs neither a database nor secrets, so `openapi` works anywhere."""
    routes = [route for router in routers for route in router.routes]
    app = FastAPI(title=title, openapi_url=None, lifespan=_lifespan, telemetry=SILENT)
    verifier = Verifier(runtime.service, lambda: secret_of(runtime.settings, runtime.service), runtime.clock)
    edge = Edge(Paths(routes), runtime, verifier, Health(runtime), app.router)
    app.middleware_stack = edge
    app.state.runtime = runtime
    app.state.edge = edge
    app.openapi = cache(lambda: openapi.document(title, runtime.service, description, routes))  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # One thread a connection: whoever waits, waits for a thread and not, with an error at the end, for a connection.
    threads = anyio.to_thread.current_default_thread_limiter()
    threads.total_tokens = app.state.runtime.settings.database_pool_size
    yield
    await app.state.edge.groups.close()
