"""Reading the operator, the value and the window of a leaf. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from services.profile.fields.schemas import Kind, Window
from shared.web.schemas import Day, Instant, Label

LARGEST = 10**12
MOST_DAYS, MOST_HOURS = 3_650, 8_760
MANY = ("is_any_of", "in_region", "has_any_of", "has_all_of")
LABELS: TypeAdapter[str] = TypeAdapter(Label)
INSTANTS: TypeAdapter[datetime] = TypeAdapter(Instant)
DAYS: TypeAdapter[date] = TypeAdapter(Day)


class Fault(Exception):
    """What is wrong with one part of a leaf: `part` is its pointer below the leaf."""

    def __init__(self, part: str, code: str, message: str) -> None:
        super().__init__(message)
        self.part, self.code, self.message = part, code, message


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a field may be compared with: by which operators, with which values (all when empty), with ids only."""

    kind: Kind
    operators: Sequence[str]
    values: Sequence[str] = ()
    identifiers: bool = False


def read(allowed: Allowed, document: Mapping[str, Any]) -> Any:
    """The value of a leaf or condition as SQL is given it. Raises Fault."""
    op = document.get("op")
    if op is None:
        raise Fault("op", "required", f"One of {', '.join(allowed.operators)}.")
    if op not in allowed.operators:
        raise Fault("op", "not_allowed", f"One of {', '.join(allowed.operators)}.")
    if op == "is_known":
        if "value" in document:
            raise Fault("value", "not_allowed", "is_known compares with nothing.")
        return None
    if "value" not in document:
        raise Fault("value", "required", f"{op} needs a value.")
    value = document["value"]
    if op in MANY:
        return _labels(allowed, value)
    return _single(allowed, op, value)


def count(value: Any) -> int:
    """How many values a leaf compares with."""
    return len(value) if isinstance(value, tuple) else int(value is not None)


def window(document: Any, zone: ZoneInfo) -> Window:
    """The window of a leaf; days are business days, `to` excluded. Raises Fault."""
    if not isinstance(document, Mapping) or not document:
        raise Fault("", "type", "A window is days, hours, or from and to.")
    unknown = sorted(set(document) - {"days", "hours", "from", "to"})
    if unknown:
        raise Fault(escaped(unknown[0]), "unknown", "A window is days, hours, or from and to.")
    rolling = [name for name in ("days", "hours") if name in document]
    if rolling:
        if len(document) > 1:
            raise Fault("", "not_allowed", "A window has days, or hours, or from and to.")
        return Window(span=_span(rolling[0], document[rolling[0]], rolling[0]))
    since, until = (_midnight(name, document[name], zone) if name in document else None for name in ("from", "to"))
    if since is not None and until is not None and until <= since:
        raise Fault("to", "too_small", "to lies after from.")
    return Window(since=since, until=until)


def escaped(part: str) -> str:
    """A key as a token of a JSON pointer."""
    return part[:64].replace("~", "~0").replace("/", "~1")


def _labels(allowed: Allowed, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Fault("value", "type", "A list of values.")
    if not value:
        raise Fault("value", "too_short", "At least one value.")
    found = tuple(_label(allowed, one, f"value/{at}") for at, one in enumerate(value))
    if len(set(found)) < len(found):
        raise Fault("value", "duplicate", "Each value once.")
    return found


def _single(allowed: Allowed, op: str, value: Any) -> Any:
    if allowed.kind is Kind.NUMBER:
        return _numbers(value) if op == "between" else _number(value, "value")
    if allowed.kind is Kind.TIME:
        return _days(value) if op.startswith("within") else _instant(value)
    if allowed.kind is Kind.BOOL:
        if not isinstance(value, bool):
            raise Fault("value", "type", "true or false.")
        return value
    return _label(allowed, value, "value")


def _label(allowed: Allowed, value: Any, part: str) -> str:
    if allowed.identifiers:
        return _identifier(value, part)
    if not isinstance(value, str):
        raise Fault(part, "type", "A text.")
    try:
        found = LABELS.validate_python(value)
    except ValidationError:
        raise Fault(part, "format", "1 to 128 printable characters.") from None
    if allowed.values and found not in allowed.values:
        raise Fault(part, "not_allowed", f"One of {', '.join(allowed.values)}.")
    return found


def _identifier(value: Any, part: str) -> str:
    try:
        return str(UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise Fault(part, "format", "An id.") from None


def _number(value: Any, part: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Fault(part, "type", "A number.")
    found = Decimal(str(value))
    if not found.is_finite() or abs(found) > LARGEST:
        raise Fault(part, "too_large", "At most a million millions.")
    return found


def _numbers(value: Any) -> tuple[Decimal, Decimal]:
    if not isinstance(value, list) or len(value) != 2:
        raise Fault("value", "type", "A list of the least and the most, both included.")
    low, high = _number(value[0], "value/0"), _number(value[1], "value/1")
    if high < low:
        raise Fault("value/1", "too_small", "The most is not below the least.")
    return low, high


def _instant(value: Any) -> datetime:
    try:
        return INSTANTS.validate_python(value)
    except ValidationError:
        raise Fault("value", "format", "An instant such as 2026-11-25T08:00:00Z.") from None


def _days(value: Any) -> timedelta:
    if not isinstance(value, Mapping) or set(value) != {"days"}:
        raise Fault("value", "type", 'A number of days: {"days": 30}.')
    return _span("days", value["days"], "value/days")


def _span(unit: str, value: Any, part: str) -> timedelta:
    most = MOST_DAYS if unit == "days" else MOST_HOURS
    if isinstance(value, bool) or not isinstance(value, int):
        raise Fault(part, "type", "A whole number.")
    if not 1 <= value <= most:
        raise Fault(part, "too_small" if value < 1 else "too_large", f"1 to {most}.")
    return timedelta(hours=value * 24 if unit == "days" else value)


def _midnight(name: str, value: Any, zone: ZoneInfo) -> datetime:
    try:
        day = DAYS.validate_python(value)
    except ValidationError:
        raise Fault(name, "format", "A day such as 2026-11-25.") from None
    if not 2000 <= day.year <= 2999:
        raise Fault(name, "too_small" if day.year < 2000 else "too_large", "A day of the years 2000 to 2999.")
    return datetime.combine(day, time(), zone)
