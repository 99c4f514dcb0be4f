"""The outermost application: every request comes in here and is answered here or by the service that owns its path."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

from opentelemetry.trace import Span
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.routing import headers, tracking
from services.gateway.routing.admission import Admission
from services.gateway.routing.answers import Outlet
from services.gateway.routing.bodies import arriving
from services.gateway.routing.requests import Request
from services.gateway.routing.table import BY_JOB, Operation, RouteTable
from services.gateway.routing.upstream import CallerGone, Upstream
from shared import jobs
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.auth.tokens import Minter
from shared.errors import DeadlineExceeded, GuanxiError, NotFound, Unavailable
from shared.telemetry import log, metrics, tracing
from shared.web.deadlines import DEADLINE

OWN = "gateway"
PROBES = ("/livez", "/readyz")

Resource = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class _Passage:
    """A request that found its operation, on its way."""

    request: Request
    operation: Operation
    outlet: Outlet
    span: Span


@dataclass(frozen=True, slots=True)
class Inside:
    """What the gateway answers itself, and how it learns who answers the rest."""

    own: ASGIApp
    pages: ASGIApp
    routes: Callable[[], RouteTable]


class Door:
    """ASGI: `/v1/…` by the route table, probes by the own endpoints, everything else by the pages."""

    def __init__(
        self,
        inside: Inside,
        upstreams: Mapping[str, Upstream],
        admission: Admission,
        minter: Minter,
        resources: Sequence[Resource],
    ) -> None:
        self._inside = inside
        self._upstreams = upstreams
        self._admission = admission
        self._minter = minter
        self._resources = resources
        self._routes = RouteTable({"paths": {}})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or live as long as the server does."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await self._serve(scope, receive, send)
        elif scope["path"] in PROBES:
            await self._inside.own(scope, receive, send)
        else:
            await self._inside.pages(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The document of the gateway's own paths."""
        document: dict[str, Any] = self._inside.own.openapi()  # type: ignore[attr-defined]
        return document

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._routes = self._inside.routes()
        async with AsyncExitStack() as stack:
            for resource in self._resources:
                await stack.enter_async_context(resource())
            await self._inside.own(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request.of(scope)
        outlet = Outlet(request, send)
        if request.method == "OPTIONS" and tracking.from_browsers(request.path):
            await outlet.preflight()
            return
        try:
            await self._answer(request, outlet, scope, receive)
        except CallerGone:
            return
        except GuanxiError as error:
            await _refuse(outlet, error)
        except TimeoutError:
            await _refuse(outlet, DeadlineExceeded("The service did not answer in time."))
        except SQLAlchemyError:
            await _refuse(outlet, Unavailable("Keys cannot be checked at the moment.", retry_after=2))
        except Exception:  # the outermost edge: whatever broke, the caller gets a problem and the log the reason
            log.exception("the gateway failed", request_id=request.id)
            await _refuse(outlet, GuanxiError("The gateway failed; its log tells why."))

    async def _answer(self, request: Request, outlet: Outlet, scope: Scope, receive: Receive) -> None:
        operation = self._routes.find(request.method, request.place)
        begun = time.monotonic()
        span, _ = tracing.begin(f"{operation.method} {operation.template}", request.headers.get("traceparent"), {})
        try:
            async with asyncio.timeout(request.within(operation).total_seconds()):
                await self._pass_on(_Passage(request, operation, outlet, span), scope, receive)
        finally:
            span.end()
            _seconds(operation.method, operation.template, outlet.status).observe(time.monotonic() - begun)

    async def _pass_on(self, passage: _Passage, scope: Scope, receive: Receive) -> None:
        request, operation = passage.request, passage.operation
        service = _service(operation, request.path)
        if service == OWN:
            caller, _ = await self._admission.admit(request, operation, None)
            own = self._own_scope(passage, scope, caller)
            await self._inside.own(own, receive, passage.outlet.pass_message)
            return
        caller, body = await self._admission.admit(request, operation, await arriving(receive))
        head = headers.onward(request.raw_headers, self._own_headers(passage, service, caller))
        target = request.by(caller).target
        async with self._upstreams[service].answering(request.method, target, head, body) as response:
            await passage.outlet.relay(response)

    def _own_scope(self, passage: _Passage, scope: Scope, caller: Caller) -> Scope:
        head = headers.onward(passage.request.raw_headers, self._own_headers(passage, OWN, caller))
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in head.items()]
        return {**scope, "path": passage.request.by(caller).path, "headers": encoded}

    def _own_headers(self, passage: _Passage, service: str, caller: Caller) -> Iterator[tuple[str, str]]:
        yield "x-request-id", passage.request.id
        yield "traceparent", headers.trace_parent(passage.span.get_span_context())
        yield DEADLINE, str(int(passage.request.within(passage.operation).total_seconds() * 1000))
        if caller is not PUBLIC_CALLER:
            yield "authorization", f"Bearer {self._minter.token(service, caller)}"


@cache
def _seconds(method: str, template: str, status: int | None) -> metrics.Observer:
    return metrics.HTTP_REQUEST_SECONDS.labels(OWN, method, template, str(status))


def _service(operation: Operation, path: str) -> str:
    """Who answers: the owner of the path, or of the job that it names."""
    if operation.service != BY_JOB:
        return operation.service
    service = jobs.service_of(path.split("/")[3])
    if service is None:
        raise NotFound("There is no such job.")
    return service


async def _refuse(outlet: Outlet, error: GuanxiError) -> None:
    """Say no; where the answer has begun, all that is left is to break it off, which the server does for us."""
    if outlet.status is None:
        await outlet.refuse(error)
