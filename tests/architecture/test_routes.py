"""Who may call what: the checked-in route table is the review of every new route."""

from importlib import import_module
from pathlib import Path
from typing import Any

from shared.settings import SERVICES

TABLE = Path(__file__).with_name("routes.txt")


def _documents() -> dict[str, Any]:
    return {service: import_module(f"services.{service}.__main__").SERVICE.document() for service in SERVICES}


def route_table() -> str:
    """One line a route: service, method, path, scope, who else than API keys."""
    lines = [
        f"{service:<10} {method.upper():<6} {path} {operation['x-scope']} {operation.get('x-member', 'nobody')}"
        for service, document in _documents().items()
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return "\n".join(sorted(lines)) + "\n"


def test_every_route_and_its_scope_stands_in_the_reviewed_table() -> None:
    assert route_table() == TABLE.read_text(encoding="utf-8")


if __name__ == "__main__":
    TABLE.write_text(route_table(), encoding="utf-8")
