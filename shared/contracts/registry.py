"""All event types of the suite by name: importing this module declares every one of them."""

from shared.contracts import engagement, profile, scoring  # noqa: F401 - each declares its events
from shared.contracts.base import EVENTS, Event


def event_types() -> list[type[Event]]:
    """Every declared event class, by name."""
    return [EVENTS[name] for name in sorted(EVENTS)]


def parse(name: str, payload: bytes) -> Event:
    """The event of a type's JSON; raises KeyError for an unknown type and ValidationError for a bad body."""
    return EVENTS[name].model_validate_json(payload)
