"""Access export and retention rules over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Path
from opentelemetry import trace
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.gateway.privacy import usecases
from services.gateway.routing.headers import trace_parent
from services.gateway.routing.upstream import Upstream
from shared.auth.caller import Caller
from shared.auth.scopes import READ
from shared.auth.tokens import Minter
from shared.errors import Forbidden, NotFound
from shared.telemetry.logs import REQUEST_ID
from shared.web.dependencies import CurrentCaller, IfMatch, Now
from shared.web.problems import MEDIA_TYPE
from shared.web.retention import RetentionOut, RetentionPatch
from shared.web.routing import IGNORED, OWN, Router
from shared.web.schemas import Out

CustomerId = Annotated[UUID, Path(examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])]
TableName = Annotated[str, Path(max_length=128, examples=["profile.behaviour_event"])]
ARCHIVE = {"type": "object", "description": "`customer_id`, `exported_at`, and `services`: rows by table of each."}


class RetentionList(Out):
    """Every rule there is."""

    items: list[RetentionOut]
    next_cursor: None = None


class Archive(StreamingResponse):
    """Parts that are read while they are sent."""

    def __init__(self, content: AsyncIterator[bytes], stack: AsyncExitStack) -> None:
        super().__init__(content, media_type="application/json")
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and let go of the services."""
        async with self._stack:
            await super().__call__(scope, receive, send)


def router(upstreams: Mapping[str, Upstream], minter: Minter) -> Router:
    """The routes, asking these services."""
    routes = Router("", tag="Access and retention")
    _export(routes, upstreams, minter)
    _retention(routes, upstreams, minter)
    return routes


def _export(routes: Router, upstreams: Mapping[str, Upstream], minter: Minter) -> None:
    @routes.post(
        "/customers/{customer_id}/access-export",
        scope="profile:pii",
        managers=OWN,
        idempotency=IGNORED,
        response_model=None,
        responses={200: {"content": {"application/json": {"schema": ARCHIVE}}}},
    )
    async def export_customer(customer_id: CustomerId, caller: CurrentCaller, now: Now) -> Response:
        """Everything that any service holds of a person, as one JSON archive. Needs the scopes to read all services.

        503 when a part is missing. An archive that breaks off is not whole: it does not end with its last brace.
        """
        if missing := sorted(READ - caller.scopes):
            raise Forbidden(f"This also needs {', '.join(missing)}.")
        async with AsyncExitStack() as stack:
            parts = await usecases.open_export(stack, upstreams, customer_id, _headers(upstreams, minter, caller))
            return Archive(usecases.archive(customer_id, now, parts), stack.pop_all())


def _retention(routes: Router, upstreams: Mapping[str, Upstream], minter: Minter) -> None:
    @routes.get("/retention-rules", scope="profile:admin")
    async def list_rules(caller: CurrentCaller) -> RetentionList:
        """How many days rows of each table are kept, by service and table."""
        return RetentionList(items=[*await usecases.rules(upstreams, _headers(upstreams, minter, caller))])

    @routes.get("/retention-rules/{table}", scope="profile:admin", response_model=RetentionOut)
    async def read_rule(table: TableName, caller: CurrentCaller) -> Any:
        """One rule. A table is named with its service."""
        service, path = _place(upstreams, table)
        answer = await usecases.call(upstreams[service], "GET", path, _headers(upstreams, minter, caller)[service])
        return _passed_on(service, answer)

    @routes.patch("/retention-rules/{table}", scope="profile:admin", response_model=RetentionOut)
    async def edit_rule(table: TableName, body: RetentionPatch, caller: CurrentCaller, version: IfMatch) -> Any:
        """Keep rows for another number of days. What is older by then is deleted within the hour."""
        service, path = _place(upstreams, table)
        own = {"content-type": "application/json", "if-match": f'"{version}"'}
        heads = {**_headers(upstreams, minter, caller)[service], **own}
        content = body.model_dump_json().encode()
        return _passed_on(service, await usecases.call(upstreams[service], "PATCH", path, heads, content))


def _place(upstreams: Mapping[str, Upstream], table: str) -> tuple[str, str]:
    """The service of a table and the path of its rule there."""
    service, _, name = table.partition(".")
    if service not in upstreams or not (name.isascii() and name.replace("_", "").isalnum()):
        raise NotFound("There is no such retention rule.")
    return service, f"/internal/retention-rules/{name}"


def _passed_on(service: str, answer: tuple[int, bytes]) -> Any:
    """The rule of an answer; a refusal as the service worded it."""
    status, content = answer
    if status != HTTPStatus.OK:
        return Response(content, status, media_type=MEDIA_TYPE)
    return usecases.named(service, orjson.loads(content))


def _headers(upstreams: Mapping[str, Upstream], minter: Minter, caller: Caller) -> dict[str, dict[str, str]]:
    """What to send to each service: the gateway asks, with the scopes of who asked it."""
    asking = caller.asked_by("gateway")
    same = {
        "x-request-id": REQUEST_ID.get() or "",
        "traceparent": trace_parent(trace.get_current_span().get_span_context()),
    }
    return {one: {"authorization": f"Bearer {minter.token(one, asking)}", **same} for one in upstreams}
