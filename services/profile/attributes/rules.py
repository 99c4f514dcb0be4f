"""Which values fit a declared attribute, and where a record keeps them. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.profile.attributes.schemas import NewAttribute
from shared.errors import FieldError

Declared = Mapping[str, NewAttribute]
LONGEST = 500
LARGEST = 10**15
OPEN, PRIVATE = "attributes", "private_attributes"
TRUTHS = {"true": True, "false": False}


class Unfit(Exception):
    """A value does not fit: a field code of the API and what would fit."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def place(attribute: NewAttribute) -> str:
    """Where a record keeps the values: what is personal, and free text, is encrypted."""
    return f"{PRIVATE if attribute.pii or attribute.type == 'text' else OPEN}.{attribute.key}"


def fields(declared: Declared, given: Mapping[str, Any], path: str) -> tuple[dict[str, Any], list[FieldError]]:
    """Values as a record takes them, by place, and what does not fit; null takes a value back."""
    said: dict[str, Any] = {}
    errors: list[FieldError] = []
    for key, value in given.items():
        attribute = declared.get(key)
        if attribute is None:
            errors.append(FieldError(f"{path}.{key}", "unknown", "no such attribute is declared"))
            continue
        try:
            said[place(attribute)] = None if value is None else READERS[attribute.type](value, attribute)
        except Unfit as error:
            errors.append(FieldError(f"{path}.{key}", error.code, str(error)))
    return said, errors


def _text(value: Any, attribute: NewAttribute) -> str:
    if not isinstance(value, str):
        raise Unfit("type", "a text")
    plain = value.strip()
    if not plain:
        raise Unfit("too_short", "at least one character")
    if len(plain) > LONGEST:
        raise Unfit("too_long", f"at most {LONGEST} characters")
    if "\0" in plain:
        raise Unfit("format", "no character 0")
    return plain


def _choice(value: Any, attribute: NewAttribute) -> str:
    if value not in attribute.values:
        raise Unfit("not_allowed", "one of the declared values")
    return str(value)


def _number(value: Any, attribute: NewAttribute) -> int | float:
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("type", "a number")
    if not abs(value) <= LARGEST:  # nor is NaN
        raise Unfit("too_large", "a number of at most fifteen digits")
    return value


def _parsed(value: str) -> int | float | None:
    try:
        return float(value) if set(value) & set(".eE") else int(value)
    except ValueError:
        return None


def _bool(value: Any, attribute: NewAttribute) -> bool:
    known = TRUTHS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(known, bool):
        raise Unfit("type", "true or false")
    return known


def _day(value: Any, attribute: NewAttribute) -> str:
    if not isinstance(value, str):
        raise Unfit("type", "a day such as 2026-11-25")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Unfit("format", "a day such as 2026-11-25") from None


READERS: Mapping[str, Callable[[Any, NewAttribute], Any]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "bool": _bool,
    "day": _day,
}
