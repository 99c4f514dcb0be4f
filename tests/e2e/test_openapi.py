"""One document, and what it promises on every route: the rules of the API are checked wherever there is a path."""

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from services.gateway.routing.tracking import PATHS as TRACKING
from shared.auth.scopes import SCOPES
from tests.stack import Stack

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
JSON = {"content-type": "application/json"}
GOOD_HEADS = {"If-Match": '"1"', "Idempotency-Key": "route-rules"}
FORM_BODY = b"a=1"
OF_MANY_SCOPES = {"GET /v1/customers/{customer_id}/360"}  # reads all three services
Expected = tuple[int, str]


@cache
def document() -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(DOCUMENT.read_bytes())
    return read


@dataclass(frozen=True)
class Route:
    """One operation of the document."""

    method: str
    template: str
    declared: dict[str, Any]

    @property
    def path(self) -> str:
        """The template filled with values of the right kind that name nothing."""
        parameters = {one["name"]: one["schema"] for one in self.declared.get("parameters", []) if one["in"] == "path"}
        return re.sub(r"{(\w+)}", lambda found: _value(found[1], parameters[found[1]]), self.template)

    @property
    def takes_json(self) -> bool:
        return "application/json" in self.declared.get("requestBody", {}).get("content", {})

    @property
    def takes_form(self) -> bool:
        """Whether a page of ours sends it a form, too."""
        return "application/x-www-form-urlencoded" in self.declared["requestBody"]["content"]

    @property
    def takes_anything(self) -> bool:
        """Whether the body is somebody else's document, such as a corrected rejection."""
        schema = self.declared["requestBody"]["content"]["application/json"]["schema"]
        return schema.get("additionalProperties") is True

    @property
    def lists(self) -> bool:
        """Whether it is a list that can be asked for as it stands, without an id or a period."""
        parameters = self.declared.get("parameters", [])
        demands = any(one.get("required", False) for one in parameters)
        return not demands and any(one["name"] == "cursor" for one in parameters)

    def send(self, client: httpx.Client, **request: Any) -> httpx.Response:
        return client.request(self.method, self.path, **request)

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def _value(name: str, schema: dict[str, Any]) -> str:
    if name == "job_id":
        return f"prf_{uuid4()}"
    if "enum" in schema:
        return str(schema["enum"][0])
    if schema.get("format") == "date":
        return "2026-11-01"
    return "CNY" if name == "currency" else str(uuid4())


def routes(fits: Callable[[Route], bool] = lambda route: True) -> Iterator[Route]:
    """The routes to which the general rules apply: all but those of the Segment contract."""
    for template, item in document()["paths"].items():
        for method, declared in item.items():
            route = Route(method.upper(), template, declared)
            if template not in TRACKING and fits(route):
                yield route


def disagreeing(client: httpx.Client, some: Iterator[Route], expected: Expected, **request: Any) -> list[str]:
    """The routes that answer otherwise than with this status and code; each also has to answer a whole problem."""
    found = []
    for route in some:
        answer = route.send(client, **request)
        code = answer.json().get("code") if "json" in answer.headers.get("content-type", "") else None
        if (answer.status_code, code) != expected or not _is_problem(answer):
            found.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    return found


def _is_problem(answer: httpx.Response) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and set(body) >= {"type", "title", "status", "detail", "code", "request_id", "errors"}
        and body["type"] == f"/problems/{body['code']}"
        and body["request_id"] == answer.headers["x-request-id"]
    )


@pytest.fixture
def admin(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as client:
        yield client


@pytest.mark.capability("C-41")
def test_every_operation_says_what_it_does_who_may_and_who_answers() -> None:
    for route in routes():
        declared = route.declared
        assert declared.get("description") or declared.get("summary"), str(route)
        assert declared["x-scope"] in {*SCOPES, "public", "authenticated"}, str(route)
        assert declared["x-service"] in {"profile", "scoring", "engagement", "gateway", "by-job"}, str(route)
    names = [operation["operationId"] for item in document()["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


def test_every_body_has_an_example() -> None:
    def exemplified(schema: dict[str, Any]) -> bool:
        schema = _resolved(schema)
        if "example" in schema or "examples" in schema:
            return True
        inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", []), *schema.get("oneOf", [])]
        return not inner or any(map(exemplified, [*inner, schema.get("items", {"example": 1})]))

    without = [
        str(route)
        for route in routes(lambda route: route.takes_json)
        if not exemplified(route.declared["requestBody"]["content"]["application/json"]["schema"])
    ]
    assert without == []


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    return document()["components"]["schemas"][name] if name else schema


@pytest.mark.capability("C-42")
def test_no_route_answers_without_a_credential(stack: Stack) -> None:
    closed = routes(lambda route: route.declared["x-scope"] != "public")
    with httpx.Client(base_url=stack.gateway) as nobody:
        assert disagreeing(nobody, closed, (401, "unauthenticated")) == []


@pytest.mark.capability("C-42")
def test_no_route_answers_without_its_scope(stack: Stack, admin: httpx.Client) -> None:
    key = admin.post("/v1/api-keys", json={"name": "nearly nothing", "scopes": ["points:write"]}).json()["key"]
    scoped = routes(lambda route: route.declared["x-scope"] in SCOPES)
    with httpx.Client(base_url=stack.gateway, headers={"Authorization": f"Bearer {key}"}) as poor:
        assert disagreeing(poor, scoped, (403, "scope_missing")) == []


@pytest.mark.capability("C-42")
@pytest.mark.parametrize("scope", SCOPES)
def test_the_declared_scope_alone_opens_a_route(stack: Stack, admin: httpx.Client, scope: str) -> None:
    """Reads are sent as they are; what would change something is held back by a parameter that nobody knows."""
    key = admin.post("/v1/api-keys", json={"name": f"only {scope}", "scopes": [scope]}).json()["key"]
    declared = list(routes(lambda route: route.declared["x-scope"] == scope and str(route) not in OF_MANY_SCOPES))
    with httpx.Client(base_url=stack.gateway, headers={"Authorization": f"Bearer {key}"}) as holder:
        reads = [route for route in declared if route.method == "GET"]
        assert [f"{route}: {answer.text}" for route in reads if (answer := route.send(holder)).status_code == 403] == []
        changes = (route for route in declared if route.method != "GET")
        asked = {"params": {"no_such_parameter": "1"}, "headers": GOOD_HEADS}
        assert disagreeing(holder, changes, (422, "unknown_parameter"), **asked) == []


def test_no_route_ignores_an_unknown_parameter(admin: httpx.Client) -> None:
    asked = {"params": {"no_such_parameter": "1"}, "headers": GOOD_HEADS}
    assert disagreeing(admin, routes(), (422, "unknown_parameter"), **asked) == []


def test_no_route_ignores_an_unknown_field(admin: httpx.Client) -> None:
    silent = []
    for route in routes(lambda route: route.takes_json and not route.takes_anything):
        answer = route.send(admin, json={"no_such_field": 1}, headers=GOOD_HEADS)
        errors = answer.json().get("errors", [])
        if answer.status_code != 422 or not any(error["code"] == "unknown" for error in errors):
            silent.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert silent == []


@pytest.mark.capability("C-43")
@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"{", {}, (400, "malformed_request")),
        (b'{"a": "\xff\xfe"}', {}, (400, "malformed_request")),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, {}, (400, "malformed_request")),
        (b"\x1f\x8bnonsense", {"content-encoding": "gzip"}, (400, "malformed_request")),
        (gzip.compress(b" " * 50_000_000, mtime=0), {"content-encoding": "gzip"}, (413, "body_too_large")),
        (FORM_BODY, {"content-type": "application/x-www-form-urlencoded"}, (415, "unsupported_media_type")),
    ],
    ids=["broken JSON", "bad UTF-8", "too deep", "bad gzip", "gzip bomb", "a form"],
)
def test_no_route_reads_a_bad_body(
    admin: httpx.Client, content: bytes, headers: dict[str, str], expected: Expected
) -> None:
    asked = {"content": content, "headers": JSON | GOOD_HEADS | headers}
    formless = routes(lambda route: route.takes_json and not (content == FORM_BODY and route.takes_form))
    assert disagreeing(admin, formless, expected, **asked) == []


def test_no_change_is_made_without_the_version_that_was_read(admin: httpx.Client) -> None:
    changes = routes(lambda route: route.method == "PATCH")
    assert disagreeing(admin, changes, (428, "precondition_required"), json={}) == []


def test_no_route_that_needs_an_idempotency_key_does_without(admin: httpx.Client) -> None:
    keyed = routes(lambda route: route.declared.get("x-idempotency") == "required")
    assert disagreeing(admin, keyed, (422, "validation_failed"), json={}) == []


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"limit": "0"}, (422, "validation_failed")),
        ({"limit": "201"}, (422, "validation_failed")),
        ({"cursor": "nonsense"}, (422, "cursor_invalid")),
        ({"sort": "no_such_field"}, (422, "validation_failed")),
    ],
)
def test_every_list_has_the_same_limits_cursors_and_sorts(
    admin: httpx.Client, parameters: dict[str, str], expected: Expected
) -> None:
    whole = routes(lambda route: route.lists)
    assert disagreeing(admin, whole, expected, params=parameters) == []


def test_every_list_is_a_page_and_a_csv_file(admin: httpx.Client) -> None:
    for route in routes(lambda route: route.lists):
        page = route.send(admin)
        assert (page.status_code, set(page.json())) == (200, {"items", "next_cursor"}), str(route)
        table = route.send(admin, headers={"accept": "text/csv"})
        assert (table.status_code, table.headers["content-type"].split(";")[0]) == (200, "text/csv"), str(route)


def test_no_route_knows_a_method_it_does_not_declare(admin: httpx.Client) -> None:
    for template, item in document()["paths"].items():
        route = Route("TRACE", template, next(iter(item.values())))
        answer = route.send(admin)
        assert answer.status_code == 405, template
        assert answer.headers["allow"].split(", ") == sorted(method.upper() for method in item), template


SCHEMA = schemathesis.openapi.from_path(str(DOCUMENT))
# What changes policies or keys of the deployment that other tests share is left to the large form.
HARMLESS = SCHEMA.include(method="GET").include(
    method="POST", path_regex="^/v1/(orders|events|customers|customers/lookup|batch|track|identify)$"
)
SMALL = settings(max_examples=4, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
LARGE = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def _operations(schema: Any) -> dict[str, Any]:
    """Operations by method and path. By our own parameter: the library's gives all of them one test id."""
    return {one.ok().label: one.ok() for one in schema.get_all_operations()}


def _never_fails(stack: Stack, operation: Any, extent: settings) -> None:
    key = {"Authorization": f"Bearer {stack.admin_key}"}

    @extent
    @given(operation.as_strategy())
    def call(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(base_url=stack.gateway, headers=key, checks=[not_a_server_error])

    call()


@pytest.mark.parametrize(("label", "operation"), _operations(HARMLESS).items())
def test_no_invented_input_is_an_error_of_ours(stack: Stack, label: str, operation: Any) -> None:
    _never_fails(stack, operation, SMALL)


@pytest.mark.large
@pytest.mark.parametrize(("label", "operation"), _operations(SCHEMA).items())
def test_no_invented_input_at_all_is_an_error_of_ours(stack: Stack, label: str, operation: Any) -> None:
    _never_fails(stack, operation, LARGE)
