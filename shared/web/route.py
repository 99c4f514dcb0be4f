"""One route: admits the caller, reads the body within limits, runs the endpoint in its transaction, answers."""

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from fastapi import Query
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic.fields import FieldInfo
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shared import ownership
from shared.deadlocks import unless_deadlocked
from shared.errors import NotAcceptable
from shared.web import access, bodies, csv_answers, idempotency, negotiation
from shared.web.answers import Renderer
from shared.web.dependencies import PageRequest, page_of, read_session, write_session
from shared.web.exchange import Exchange, Work, exchange_of
from shared.web.negotiation import CSV, JSON

OWN = "own"
ALL = "all"
NOBODY = "nobody"
GATEWAY = "gateway"
REQUIRED = "required"
ACCEPTED = "accepted"
IGNORED = "ignored"  # wanted anew each time it is asked, and the answer is nothing to be stored
PUBLIC = access.PUBLIC
INTERNAL = access.INTERNAL

REQUEST = "guanxi_request"
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Endpoint = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route demands beyond its parameters."""

    scope: str
    member: str = NOBODY
    idempotency: str = ACCEPTED
    location: str | None = None
    max_body: int = bodies.DEFAULT_LIMIT
    managers: str = NOBODY  # OWN: the answer holds their customers only; ALL: nothing of customers is in it


class JsonRequest(Request):
    """A request whose body was read, limited and parsed already."""

    content: bytes = b""
    value: Any = None

    async def body(self) -> bytes:
        """The raw body, unpacked."""
        return self.content

    async def json(self) -> Any:
        """The parsed body."""
        return self.value


class GuanxiRoute(APIRoute):
    """A FastAPI route under the rules of this suite. Build it with `shared.web.routing.Router`."""

    def __init__(self, method: str, path: str, endpoint: Endpoint, rule: Rule, **fastapi: Any) -> None:
        about_one = "{customer_id}" in path
        self.asks_services = rule.managers == OWN
        self.rule = rule = replace(rule, managers=OWN) if about_one else rule
        self.about_one = about_one
        self.method = method
        super().__init__(path, self._in_transaction(endpoint), methods=[method], **fastapi)
        calls = set(_calls(self.dependant))
        self.writes = write_session in calls
        if inspect.iscoroutinefunction(endpoint) and calls & {read_session, write_session}:
            raise TypeError(f"{endpoint.__name__} would block the event loop: an async endpoint takes no session")
        self.parameters = frozenset(field.alias for field in get_flat_params(self.dependant) if _is_query(field))
        self.renderer = Renderer(self.response_field, rule.location, self.status_code or 200)
        self.page = next((d.name for d in self.dependant.dependencies if d.call is page_of), None)
        self.response_name = self.dependant.response_param_name
        lists = self.page is not None and bool(self.renderer.columns)
        self.media = () if self.response_field is None else (JSON, CSV) if lists else (JSON,)

    def get_route_handler(self) -> Handler:
        """What FastAPI calls for a request: our checks around its own handler."""
        answer = super().get_route_handler()
        rule = self.rule

        async def handle(request: Request) -> Response:
            exchange = exchange_of(request.scope)
            exchange.caller = access.admit(
                exchange, request, rule.scope, members=rule.member == OWN, managers=rule.managers != NOBODY
            )
            if self.about_one and exchange.caller.manager_id is not None:
                await self._require_held(exchange, request.path_params["customer_id"])
            exchange.media = self._chosen_media(request)
            self._check_parameters(request)
            if self.body_field is not None:
                request = await self._with_body(request)
            self._prepare(exchange, request)
            try:
                return await answer(request)
            finally:
                if exchange.work.is_open:  # a fault before the endpoint was reached
                    await run_in_threadpool(exchange.work.__exit__, InterruptedError, InterruptedError(), None)

        return handle

    async def _require_held(self, exchange: Exchange, customer_id: str) -> None:
        """What is not of a manager's customers does not exist for who is bound to that manager.

        The gateway cannot look: its own path says `managers=OWN` when it asks the services on the caller's behalf.
        Any other is refused.
        """
        if exchange.runtime.service != GATEWAY:
            await run_in_threadpool(_require_held, exchange, customer_id)
        elif not self.asks_services:
            raise access.not_of_customers()

    def _chosen_media(self, request: Request) -> str | None:
        if not self.media:  # an endpoint that makes its own answer, or one without a body
            return None
        media = negotiation.chosen(request.headers.get("accept"), self.media)
        if media is None:
            raise NotAcceptable(f"This path answers {' or '.join(self.media)}.")
        return media

    def _check_parameters(self, request: Request) -> None:
        if request.scope["query_string"]:
            unknown = [name for name in request.query_params if name not in self.parameters]
            if unknown:
                raise access.unknown_parameters(unknown)

    async def _with_body(self, request: Request) -> JsonRequest:
        headers = request.headers
        packed = await bodies.read_limited(request, self.rule.max_body)
        read = JsonRequest(request.scope, request.receive)
        if packed:
            bodies.require_json_type(headers.get("content-type"))
            read.content = bodies.unpacked(packed, headers.get("content-encoding"), self.rule.max_body)
            read.value = bodies.parse_json(read.content)
        return read

    def _prepare(self, exchange: Exchange, request: Request) -> None:
        if self.method == "POST" and self.rule.idempotency != IGNORED:
            content = request.content if isinstance(request, JsonRequest) else b""
            exchange.key = idempotency.key_of(request, exchange, content, self.rule.idempotency == REQUIRED)
        if self.writes or exchange.key is not None:
            exchange.work.opener = exchange.runtime.database.transaction

    def _in_transaction(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint as FastAPI sees it: the same parameters, but it returns the finished answer, committed."""
        run = self._async_run(endpoint) if inspect.iscoroutinefunction(endpoint) else self._run(endpoint)
        functools.update_wrapper(run, endpoint)
        signature = inspect.signature(endpoint, eval_str=True)
        given = [self._as_query(parameter) for parameter in signature.parameters.values()]
        own = inspect.Parameter(REQUEST, inspect.Parameter.KEYWORD_ONLY, annotation=Request)
        run.__signature__ = signature.replace(parameters=[*given, own])  # type: ignore[attr-defined]
        return run

    def _as_query(self, parameter: inspect.Parameter) -> inspect.Parameter:
        """A list without a mark is a body to FastAPI, but a read has none: it is a filter of several values."""
        if self.method in WITH_BODY or not _holds_list(parameter.annotation):
            return parameter
        return parameter.replace(annotation=Annotated[parameter.annotation, Query()])

    def _run(self, endpoint: Endpoint) -> Endpoint:
        def run(**values: Any) -> Response:
            request: Request = values.pop(REQUEST)
            exchange = exchange_of(request.scope)
            exchange.require_time()
            if exchange.media == CSV:
                return self._csv(endpoint, values, exchange)
            with exchange.work:
                return unless_deadlocked(lambda: self._answered(endpoint, values, exchange), exchange.work.roll_back)

        return run

    def _answered(self, endpoint: Endpoint, values: dict[str, Any], exchange: Exchange) -> Response:
        if exchange.key is not None:
            stored = idempotency.begin(exchange.work.session, exchange.key)
            if stored is not None:
                return stored
        response = self._render(endpoint(**values), values)
        if exchange.key is not None:
            idempotency.keep(exchange.work.session, exchange.key, response)
        return response

    def _async_run(self, endpoint: Endpoint) -> Endpoint:
        async def run(**values: Any) -> Response:
            request: Request = values.pop(REQUEST)
            exchange = exchange_of(request.scope)
            exchange.require_time()
            if exchange.key is None:
                return self._render(await endpoint(**values), values)

            async def answer() -> Response:
                return self._render(await endpoint(**values), values)

            return await idempotency.around(exchange, exchange.key, answer)

        return run

    def _render(self, result: Any, values: dict[str, Any]) -> Response:
        if isinstance(result, Response):
            return result
        declared = values.get(self.response_name) if self.response_name else None
        return self.renderer.render(result, declared)

    def _csv(self, endpoint: Endpoint, values: dict[str, Any], exchange: Exchange) -> Response:
        work = exchange.work
        exchange.work = Work(work.opener)  # the one in use ends with the stream, not with the endpoint

        def read(page: PageRequest) -> Any:
            return self.renderer.validated(endpoint(**values | {str(self.page): page}))

        return csv_answers.stream(work, read, values[str(self.page)].sort, self.renderer.columns)


def _require_held(exchange: Exchange, customer_id: str) -> None:
    with exchange.runtime.database.reading() as session:
        try:
            asked = UUID(customer_id)
        except ValueError:
            asked = None
        ownership.require(session, exchange.caller, asked)


def _holds_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return any(_holds_list(one) for one in get_args(annotation))
    if origin is Annotated:
        base, *marks = get_args(annotation)
        return _holds_list(base) and not any(isinstance(mark, FieldInfo | Depends) for mark in marks)
    return origin is list


def _calls(dependant: Dependant) -> Iterable[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def _is_query(field: Any) -> bool:
    return str(getattr(field.field_info, "in_", "")).endswith("query")
