"""The routing tables of all services."""

from functools import cache
from importlib import import_module
from pathlib import Path

from shared.contracts.base import Event
from shared.messaging.handlers import Handlers
from shared.messaging.republish import Republisher

CONSUMERS = ("profile", "scoring", "engagement")
ROOT = Path(__file__).parents[2]


@cache
def handlers_of(service: str) -> Handlers:
    handlers: Handlers = import_module(f"services.{service}.worker").HANDLERS
    return handlers


@cache
def republishers_of(service: str) -> dict[type[Event], Republisher]:
    table: dict[type[Event], Republisher] = import_module(f"services.{service}.republish").REPUBLISH
    return table


@cache
def sources_of(service: str) -> str:
    """All code of a service but its tables of routes and of republishing."""
    files = sorted((ROOT / "services" / service).rglob("*.py"))
    return "\n".join(path.read_text() for path in files if path.name not in {"worker.py", "republish.py"})
