"""One OpenAPI document out of four."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.gateway.routing import tracking
from services.gateway.routing.table import BY_JOB, METHODS
from shared.web.access import AUTHENTICATED

Document = dict[str, Any]

OPENAPI = "3.1.0"
REFERENCE = "#/components/schemas/"
PUBLIC_PREFIX = "/v1/"
SHARED = ("/v1/jobs/",)
WRITE_KEY = {"type": "http", "scheme": "basic", "description": "A write key as user, with an empty password."}
EITHER: list[Document] = [{"write_key": []}, {"credential": []}]
ABOUT = (
    "Know your customers, value them, keep them and serve them. One base address; every path begins with `/v1`. "
    "With a member token the paths marked `x-member: own` are also `/v1/me/…`, for `/v1/customers/{own id}/…`. "
    "A key that is bound to a manager sees that manager's customers alone (`x-managers: own`) and what has nothing of "
    "customers in it (`all`); the rest answers 403 `manager_bound`. "
    "Refusals are problem documents (RFC 9457); their codes are explained under `/problems/`."
)


class TwoOwners(ValueError):
    """Two services claim one path template."""


def merged(documents: Mapping[str, Document]) -> Document:
    """The documents of the services (by name) as one, each operation marked with its owner as `x-service`.

    Schemas of one name and different content get their service's name in front. Raises TwoOwners.
    """
    apart = _with_own_names(documents)
    paths = dict(sorted(_paths(apart).items()))
    return {
        "openapi": OPENAPI,
        "info": {"title": "Guanxi", "version": _version(documents), "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"credential": []}],
        "tags": _tags(apart),
        "paths": paths,
        "components": _components(apart.values(), paths),
    }


def _paths(documents: Mapping[str, Document]) -> Document:
    paths: Document = {}
    owners: dict[str, str] = {}
    for service, document in documents.items():
        for template, item in document["paths"].items():
            if not template.startswith(PUBLIC_PREFIX):
                continue  # what services ask each other is not for outside
            shared = template.startswith(SHARED)
            if template in paths and not shared:
                raise TwoOwners(f"{template} is claimed by {owners[template]} and {service}")
            owners[template] = service
            paths[template] = _owned(template, item, BY_JOB if shared else service)
    return paths


def _owned(template: str, item: Document, service: str) -> Document:
    """The operations of a path under their owner's name."""
    return {
        name: value | {"x-service": service} | _amended(template, service) if name in METHODS else value
        for name, value in item.items()
    }


def _amended(template: str, service: str) -> Document:
    """What is only known where all documents meet: each job has its own scope, and tracking takes write keys."""
    if service == BY_JOB:
        return {"x-scope": AUTHENTICATED, "tags": ["Jobs"]}
    return {"security": EITHER} if template in tracking.PATHS else {}


def _with_own_names(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Rename until nothing clashes: schemas that refer to a renamed one differ from then on."""
    apart = dict(documents)
    while clashing := {name for name, contents in _by_name(apart).items() if len(contents) > 1}:
        apart = {service: _renamed(document, service, clashing) for service, document in apart.items()}
    return apart


def _by_name(documents: Mapping[str, Document]) -> Mapping[str, Sequence[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for document in documents.values():
        for name, schema in _schemas(document).items():
            if schema not in found[name]:
                found[name].append(schema)
    return found


def _renamed(document: Document, service: str, clashing: set[str]) -> Document:
    names = {name: f"{service.capitalize()}{name}" for name in clashing if name in _schemas(document)}
    pointed: Document = _repointed(document, {REFERENCE + old: REFERENCE + new for old, new in names.items()})
    schemas = {names.get(name, name): schema for name, schema in _schemas(pointed).items()}
    return pointed | {"components": pointed.get("components", {}) | {"schemas": schemas}}


def _repointed(value: Any, moves: Mapping[str, str]) -> Any:
    """The value with every reference that is a key of `moves` replaced."""
    if isinstance(value, dict):
        return {key: _repointed(inner, moves) for key, inner in value.items()}
    if isinstance(value, list):
        return [_repointed(inner, moves) for inner in value]
    return moves.get(value, value) if isinstance(value, str) else value


def _components(documents: Iterable[Document], paths: Document) -> Document:
    parts: dict[str, Document] = defaultdict(dict)
    for document in documents:
        for kind, some in document.get("components", {}).items():
            parts[kind].update(some)
    parts["securitySchemes"]["write_key"] = WRITE_KEY
    needed = _needed([paths, parts["responses"]], parts["schemas"])
    parts["schemas"] = {name: schema for name, schema in sorted(parts["schemas"].items()) if name in needed}
    return dict(parts)


def _needed(roots: list[Any], schemas: Document) -> set[str]:
    """The schemas that are referred to, also by other schemas."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and value.startswith(REFERENCE):
            name = value.removeprefix(REFERENCE)
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _tags(documents: Mapping[str, Document]) -> list[Document]:
    named: dict[str, Document] = {}
    for document in documents.values():
        for tag in document.get("tags", []):
            named.setdefault(tag["name"], tag)
    return list(named.values())


def _schemas(document: Document) -> Document:
    schemas: Document = document.get("components", {}).get("schemas", {})
    return schemas


def _version(documents: Mapping[str, Document]) -> str:
    return str(next(iter(documents.values()))["info"]["version"])
