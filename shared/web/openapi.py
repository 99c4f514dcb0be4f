"""The OpenAPI 3.1 document of a service: FastAPI's, with our extensions, credentials and problem answers."""

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi

from shared.web.negotiation import CSV
from shared.web.problems import FIELD_CODES, MEDIA_TYPE, PROBLEMS
from shared.web.route import GATEWAY, IGNORED, NOBODY, OWN, PUBLIC, REQUIRED, GuanxiRoute

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `type` is the address of a page about `code`.",
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/validation_failed"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": list(PROBLEMS)},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
    },
}
FIELD_PROBLEM = {
    "type": "object",
    "title": "FieldProblem",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {"type": "string", "examples": ["lines.0.quantity"]},
        "code": {"type": "string", "enum": list(FIELD_CODES)},
        "message": {"type": "string"},
    },
}
RESPONSE = {
    "description": "A problem document.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
BEARER = {"type": "http", "scheme": "bearer", "description": "An API key `gx_…`, a staff token or a member token."}
OF_FASTAPI = ("HTTPValidationError", "ValidationError")


def document(title: str, service: str, description: str, routes: Sequence[GuanxiRoute]) -> dict[str, Any]:
    """The document; `routes` in the order it shows them."""
    made = get_openapi(title=title, version="1", openapi_version="3.1.0", description=description, routes=list(routes))
    made["x-service"] = service
    for route in routes:
        _complete(made["paths"][route.path_format][route.method.lower()], route, service)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in OF_FASTAPI:
        schemas.pop(name, None)
    schemas |= {"Problem": PROBLEM, "FieldProblem": FIELD_PROBLEM}
    components["responses"] = {"Problem": RESPONSE}
    components["securitySchemes"] = {"credential": BEARER}
    return made


def _complete(operation: dict[str, Any], route: GuanxiRoute, service: str) -> None:
    rule = route.rule
    operation["x-service"] = service
    operation["x-scope"] = rule.scope
    operation["x-member"] = rule.member
    operation["x-managers"] = _open_to_managers(route, service)
    operation["security"] = [] if rule.scope == PUBLIC else [{"credential": []}]
    if route.method == "POST":
        operation["x-idempotency"] = rule.idempotency
    if route.method == "POST" and rule.idempotency != IGNORED:
        operation.setdefault("parameters", []).append(_key_parameter(rule.idempotency == REQUIRED))
    responses = operation["responses"]
    responses.pop("422", None)
    responses |= {str(status): {"$ref": "#/components/responses/Problem"} for status in _statuses(route)}
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    _describe_answer(route, responses)


def _open_to_managers(route: GuanxiRoute, service: str) -> str:
    """Whom a path is held to; the gateway holds nothing itself, so a path of its own must ask the services."""
    unheld = service == GATEWAY and route.about_one and not route.asks_services
    return NOBODY if unheld else route.rule.managers


def _statuses(route: GuanxiRoute) -> list[int]:
    statuses = [] if route.rule.scope == PUBLIC else [401, 403]
    statuses += [404] if route.param_convertors or route.rule.member == OWN else []
    reads = route.body_field is not None or "requestBody" in (route.openapi_extra or {})
    statuses += [413, 415] if reads else []
    statuses += [412, 428] if route.method == "PATCH" else []
    return sorted({400, 422, *statuses})


def _describe_answer(route: GuanxiRoute, responses: dict[str, Any]) -> None:
    """Headers of the answer, and CSV where a list has it."""
    answer = responses.get(str(route.status_code or 200))
    if answer is None or "$ref" in answer:
        return
    if route.renderer.versioned:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version, for `If-Match`."}}
    if route.rule.location is not None:
        location = {"schema": {"type": "string"}, "description": "Where the new resource is."}
        answer.setdefault("headers", {})["Location"] = location
    if CSV in route.media and "content" in answer:
        answer["content"][CSV] = {"schema": {"type": "string"}}


def _key_parameter(required: bool) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "description": "One effect per key: a repetition within 48 hours gets the same answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }
