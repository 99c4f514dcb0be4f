"""The document, and the service held against it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.runtime import Runtime
from shared.web.app import create_app
from shared.web.dependencies import ReadSession
from shared.web.problems import FIELD_CODES, PROBLEMS
from tests.shared.web.conftest import Served
from tests.shared.web.example import inner, jars, owned

OPEN = {"public", "authenticated"}


@pytest.fixture(scope="session")
def document(example_runtime: Runtime) -> dict[str, Any]:
    app = create_app(example_runtime, title="Example", routers=[jars, owned, inner])
    made: dict[str, Any] = app.openapi()
    return made


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((method, path, operation) for method, operation in methods.items())


def _closed(document: dict[str, Any]) -> list[tuple[str, str]]:
    filled = str(uuid4())
    return [
        (method, path.replace("{customer_id}", filled).replace("{jar_id}", filled))
        for method, path, operation in _operations(document)
        if operation["x-scope"] not in OPEN
    ]


def _refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.request.url
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_route_opens_without_a_credential_or_its_scope(example: Served, document: dict[str, Any]) -> None:
    routes = _closed(document)
    assert len(routes) > 8
    for method, path in routes:
        _refused(example.http.request(method, path), 401, "unauthenticated")
        _refused(example.http.request(method, path, headers=example.headers()), 403, "scope_missing")


def test_no_route_takes_an_unknown_parameter(example: Served, document: dict[str, Any]) -> None:
    for method, path in _closed(document):
        head = example.headers(kind="service") if path.startswith("/internal") else example.admin
        _refused(example.http.request(method, path, params={"colour": "green"}, headers=head), 422, "unknown_parameter")


def test_every_operation_names_its_service_scope_and_who_else_may(document: dict[str, Any]) -> None:
    found = {(method, path): operation for method, path, operation in _operations(document)}
    assert found["get", "/v1/customers/{customer_id}/jars"]["x-member"] == "own"
    assert found["get", "/v1/jars"]["x-scope"] == "profile:read"
    assert found["post", "/v1/jars/carefully"]["x-idempotency"] == "required"
    assert found["get", "/internal/jars/whoami"]["x-scope"] == "internal"
    for operation in found.values():
        assert {"x-service", "x-scope", "x-member", "summary", "description"} <= set(operation)
        assert operation["security"] == ([] if operation["x-scope"] == "public" else [{"credential": []}])


def test_operation_ids_are_readable_and_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(ids) == len(set(ids))
    assert "jars_create_jar" in ids


def test_refusals_are_described_once_and_nothing_of_fastapis_own_is_left(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["Problem"]["properties"]["code"]["enum"] == list(PROBLEMS)
    assert schemas["FieldProblem"]["properties"]["code"]["enum"] == list(FIELD_CODES)
    assert "HTTPValidationError" not in str(document)
    for _, _, operation in _operations(document):
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}


def test_lists_tell_of_csv_and_creations_of_their_headers(document: dict[str, Any]) -> None:
    assert "text/csv" in document["paths"]["/v1/jars"]["get"]["responses"]["200"]["content"]
    created = document["paths"]["/v1/jars"]["post"]["responses"]["201"]
    assert set(created["headers"]) == {"ETag", "Location"}


def test_two_routes_of_one_path_are_refused(example_runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="two routes for GET /v1/jars"):
        create_app(example_runtime, title="Twice", routers=[jars, jars])


def test_an_asynchronous_endpoint_with_a_session_is_refused() -> None:
    async def endpoint(session: ReadSession) -> None: ...

    with pytest.raises(TypeError, match="event loop"):
        jars.get("/blocking", scope="profile:read")(endpoint)
