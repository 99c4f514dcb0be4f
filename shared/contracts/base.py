"""What an event is, the field types it may use, and the registry of all events.

An event is a *state* (the complete current subject plus its version) or a *moment* (happened once, natural key).
There is no free text in an event, so nothing personal can be published: the registry refuses a bare `str`.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_origin
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

CODE = re.compile(r"[A-Za-z0-9_.:/+-]{1,64}")
JOINERS = "\u200c\u200d"  # invisible, but words of some scripts and many emoji are written with them


class Kind(StrEnum):
    """How an event is applied: newest version wins, or first one stays."""

    STATE = "state"
    MOMENT = "moment"


class Origin(StrEnum):
    """Where an event comes from. Only `live` may start a message, task, case, reward or webhook."""

    LIVE = "live"
    IMPORT = "import"
    REPUBLISH = "republish"


class Topic(StrEnum):
    """The four topics; `shared.messaging.topics` knows their partitions and retention."""

    COMMERCE = "commerce.events"
    PROFILE = "profile.events"
    SCORING = "scoring.events"
    ENGAGEMENT = "engagement.events"


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    if not 1 < value.year < 9999:
        raise ValueError("an instant of the years 2 to 9998")
    return value.astimezone(UTC)


def is_readable(text: str, besides: str = "") -> bool:
    """Whether a text shows all that it holds. Python calls every space but U+0020 unprintable, so also `龙井　茶`."""
    return text.isprintable() or all(
        one.isprintable() or one in besides or unicodedata.category(one) == "Zs" for one in text
    )


def _readable(value: str) -> str:
    if not is_readable(value):
        raise ValueError("only characters that can be seen")
    return value


def _readable_words(value: str) -> str:
    if not is_readable(value, JOINERS):
        raise ValueError("only characters that can be seen, in one line")
    return value


def _plain(value: Decimal) -> str:
    return format(value, "f")


Id = UUID
Day = date
Instant = Annotated[datetime, AfterValidator(_utc)]
Ratio = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[Decimal, Field(max_digits=18, decimal_places=4), PlainSerializer(_plain, return_type=str)]
Number = Annotated[Decimal, Field(max_digits=24, decimal_places=10), PlainSerializer(_plain, return_type=str)]
Code = Annotated[str, StringConstraints(pattern=f"^{CODE.pattern}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(_readable)]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(_readable)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_readable_words)]


class Part(BaseModel):
    """A piece of an event: an order line, a refund."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)


class Change(Part):
    """One derived name that moved, with its former and present value."""

    name: Code
    before: Label | None = Field(alias="from", default=None)
    after: Label | None = Field(alias="to", default=None)


class Event(BaseModel):
    """The fields every payload begins with."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)

    type: ClassVar[str]
    kind: ClassVar[Kind]
    topic: ClassVar[Topic]
    noun: ClassVar[str]
    identified_by: ClassVar[tuple[str, ...]]

    version: int = Field(default=1, ge=1)
    occurred_at: Instant
    recorded_at: Instant
    origin: Origin = Origin.LIVE

    @property
    def subject(self) -> str:
        """`<noun>/<id>`: what the event is about, and whose versions count up."""
        return "/".join([self.noun, *[str(getattr(self, name)) for name in self.identified_by]])

    @property
    def key(self) -> str:
        """The Kafka key: events of one key keep their order."""
        return self.subject.split("/", 1)[1]


class CustomerEvent(Event):
    """An event about one customer, by the id its fact was written against. A merge never rewrites it."""

    customer_id: Id

    @property
    def key(self) -> str:
        """All events of one customer share a partition."""
        return str(self.customer_id)


EVENTS: dict[str, type[Event]] = {}


E = TypeVar("E", bound=Event)


def declare(name: str, kind: Kind, noun: str, *identified_by: str) -> Callable[[type[E]], type[E]]:
    """Register an event class as the type `name` about `noun`; refuses free text fields and double names."""

    def register(event: type[E]) -> type[E]:
        if name in EVENTS:
            raise TypeError(f"{name} is declared twice")
        for field, info in event.model_fields.items():
            _refuse_free_text(f"{name}.{field}", info.annotation, list(info.metadata))
        event.type, event.kind, event.noun = name, kind, noun
        event.topic = Topic(f"{name.split('.', 1)[0]}.events")
        event.identified_by = identified_by
        EVENTS[name] = event
        return event

    return register


def _refuse_free_text(path: str, annotation: Any, constraints: list[Any]) -> None:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _refuse_free_text(path, inner, constraints + more)
    if annotation is str and not constraints:
        raise TypeError(f"{path} is free text: use Code, Label, Sku or Title")
    if isinstance(annotation, type) and issubclass(annotation, Part):
        for field, info in annotation.model_fields.items():
            _refuse_free_text(f"{path}.{field}", info.annotation, list(info.metadata))
    for argument in get_args(annotation):
        _refuse_free_text(path, argument, [])
    return None
