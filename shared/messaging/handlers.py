"""The routing of events of one service: event type -> use cases, and what they may publish."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from shared.contracts.base import Event, Topic

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Message:
    """A Kafka record with its CloudEvents attributes, not parsed yet."""

    topic: str
    partition: int
    offset: int
    key: str | None
    type: str
    headers: dict[str, str]
    value: bytes


UseCase = Callable[[Session, Sequence[Any], datetime], None]


@dataclass(frozen=True)
class Route:
    """One line of a service's table. A use case gets all events of the type in a batch, and the present time."""

    event: type[Event]
    use_cases: tuple[UseCase, ...]
    emits: tuple[type[Event], ...]


@dataclass(frozen=True)
class Door:
    """A topic whose records are taken unparsed: the use case accepts or refuses each by itself."""

    topic: Topic
    use_case: Callable[[Session, Sequence[Message], datetime], None]
    emits: tuple[type[Event], ...]


@dataclass(frozen=True)
class Handlers:
    """All routes of a service."""

    routes: dict[str, Route]
    doors: dict[str, Door]

    @property
    def topics(self) -> set[Topic]:
        """What the service subscribes to."""
        return {route.event.topic for route in self.routes.values()} | {door.topic for door in self.doors.values()}


def on(
    event: type[E], *use_cases: Callable[[Session, Sequence[E], datetime], None], emits: Sequence[type[Event]] = ()
) -> Route:
    """Apply these use cases, in this order, to every event of a type."""
    return Route(event, use_cases, tuple(emits))


def on_topic(
    topic: Topic,
    use_case: Callable[[Session, Sequence[Message], datetime], None],
    emits: Sequence[type[Event]] = (),
) -> Door:
    """Give every record of an inbound topic to one use case."""
    return Door(topic, use_case, tuple(emits))


def handlers(*entries: Route | Door) -> Handlers:
    """A service's routing table; a type may stand in it once."""
    routes = [entry for entry in entries if isinstance(entry, Route)]
    doors = [entry for entry in entries if isinstance(entry, Door)]
    if len({route.event for route in routes}) != len(routes):
        raise TypeError("an event type is routed twice")
    return Handlers({route.event.type: route for route in routes}, {door.topic: door for door in doors})
