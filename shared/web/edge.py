"""The outermost layer of a service: ids, trace, metrics and log line of each request, and its answer in every case."""

import re
import time
from contextlib import AsyncExitStack
from http import HTTPStatus

from opentelemetry import context
from opentelemetry.trace import Span, StatusCode
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.auth.tokens import Verifier
from shared.ids import new_id
from shared.runtime import Runtime
from shared.telemetry import log, metrics, tracing
from shared.telemetry.logs import REQUEST_ID
from shared.web import deadlines, faults
from shared.web.exchange import KEY, Exchange
from shared.web.grouping import GROUPS, Groups
from shared.web.health import Health
from shared.web.paths import Paths

SANE = re.compile(rb"[A-Za-z0-9._-]{8,64}")
UNKNOWN_ROUTE = "unknown"
CLOSED = 499  # the caller went away before the answer


class Edge:
    """The whole stack of middlewares, as one."""

    def __init__(self, paths: Paths, runtime: Runtime, verifier: Verifier, health: Health, lifespan: ASGIApp) -> None:
        self._paths = paths
        self._runtime = runtime
        self._verifier = verifier
        self._health = health
        self._lifespan = lifespan
        self.groups = Groups(runtime)
        self._seconds: dict[tuple[str, str, int], metrics.Observer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or live as long as the server does."""
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        if (probe := await self._health.answer(scope["path"])) is not None:
            await probe(scope, receive, send)
            return
        await Passage(self, scope, send).serve(receive)

    def begin(self, scope: Scope) -> Exchange:
        """The exchange of a new request, its ids current in this task."""
        heads = dict(scope["headers"])
        given = heads.get(b"x-request-id")
        request_id = given.decode() if given is not None and SANE.fullmatch(given) else new_id().hex
        REQUEST_ID.set(request_id)
        GROUPS.set(self.groups)
        exchange = Exchange(self._runtime, self._verifier, request_id, deadlines.ends_at(heads.get(deadlines.RAW)))
        scope[KEY] = exchange
        parent = heads.get(b"traceparent")
        exchange.span, current = tracing.begin(scope["method"], parent.decode("latin-1") if parent else None, {})
        context.attach(current)
        return exchange

    async def route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route and let it answer."""
        route, scope["path_params"] = self._paths.find(scope["method"], scope["path"])
        scope["route"] = route
        async with AsyncExitStack() as scope["fastapi_middleware_astack"]:  # where FastAPI closes uploaded files
            await route.app(scope, receive, send)

    def end(self, exchange: Exchange, method: str, route: str, status: int, seconds: float) -> None:
        """Count the request and write its line: never a path, a query, a header or a body."""
        key = (method, route, status)
        observer = self._seconds.get(key)
        if observer is None:
            labels = (self._runtime.service, method, route, str(status))
            observer = self._seconds[key] = metrics.HTTP_REQUEST_SECONDS.labels(*labels)
        observer.observe(seconds)
        log.info(
            "request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), caller=exchange.caller.id
        )
        _end_span(exchange.span, method, route, status)


class Passage:
    """One request on its way."""

    __slots__ = ("_edge", "_id", "_scope", "_send", "_status")

    def __init__(self, edge: Edge, scope: Scope, send: Send) -> None:
        self._edge = edge
        self._scope = scope
        self._send = send
        self._status = 0
        self._id = b""

    async def serve(self, receive: Receive) -> None:
        """Answer the request, whatever happens."""
        started = time.perf_counter()
        exchange = self._edge.begin(self._scope)
        self._id = exchange.request_id.encode()
        try:
            await self._edge.route(self._scope, receive, self._answer)
        except ClientDisconnect:
            self._status = self._status or CLOSED
        except Exception as error:
            await self._fail(error, exchange.request_id, receive)
        finally:
            route = self._scope.get("route")
            template = UNKNOWN_ROUTE if route is None else route.path_format
            seconds = time.perf_counter() - started
            self._edge.end(exchange, self._scope["method"], template, self._status, seconds)

    async def _answer(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"].append((b"x-request-id", self._id))
        await self._send(message)

    async def _fail(self, error: Exception, request_id: str, receive: Receive) -> None:
        response = faults.answer_of(error, request_id)
        if self._status:
            raise ConnectionAbortedError("the answer had begun; the server cuts it off") from None
        await response(self._scope, receive, self._answer)


def _end_span(span: Span, method: str, route: str, status: int) -> None:
    if span.is_recording():
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            span.set_status(StatusCode.ERROR)
    span.end()
