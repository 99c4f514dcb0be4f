"""From what Pydantic found wrong to the field codes of the API; never with the value that was sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.errors import FieldError, Invalid
from shared.web.problems import FIELD_CODES

# By the beginning of Pydantic's error type; the first that fits.
CODES: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown",
    "unexpected_keyword_argument": "unknown",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "bytes_too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "bytes_too_long": "too_long",
    "greater_than": "too_small",
    "less_than": "too_large",
    "decimal_max_places": "format",
    "decimal_max": "too_large",
    "decimal_whole": "too_large",
    "int_parsing": "type",
    "float_parsing": "type",
    "bool_parsing": "type",
    "enum": "not_allowed",
    "literal_error": "not_allowed",
    "union_tag_invalid": "not_allowed",
    "value_error": "format",
    "assertion_error": "format",
    "string_pattern_mismatch": "format",
    "multiple_of": "format",
    "finite_number": "format",
    "timezone": "format",
    "date_past": "in_future",
    "datetime_past": "in_future",
    "union_tag_not_found": "required",
}
FORMATS = ("_parsing", "_from_datetime_inexact", "_scheme", "_version", "_object_invalid")
# What Pydantic says here repeats parts of the value, or speaks of Python.
OWN_WORDS = {
    "uuid_parsing": "Input should be a UUID",
    "url_parsing": "Input should be a URL",
    "date_from_datetime_parsing": "Input should be a day such as 2026-11-25",
    "date_parsing": "Input should be a day such as 2026-11-25",
    "datetime_parsing": "Input should be an instant such as 2026-11-25T08:00:00Z",
    "datetime_from_date_parsing": "Input should be an instant such as 2026-11-25T08:00:00Z",
    "union_tag_invalid": "Input should be one of the known kinds",
    **dict.fromkeys(
        ("model_attributes_type", "model_type", "dict_type", "dataclass_type"), "Input should be an object"
    ),
}
PLACES = ("body", "query", "path", "header", "cookie")

B = TypeVar("B", bound=BaseModel)


def invalid(faults: Iterable[Mapping[str, Any]]) -> Invalid:
    """The refusal for Pydantic's list of faults: `unknown_field` when nothing else is wrong."""
    errors = field_errors(faults)
    unknown = bool(errors) and all(error.code == "unknown" for error in errors)
    named = ", ".join(dict.fromkeys(error.field or "the body" for error in errors[:5]))
    more = " and others" if len(errors) > 5 else ""
    return Invalid(
        f"Not known: {named}{more}." if unknown else f"Not valid: {named}{more}.",
        code="unknown_field" if unknown else "validation_failed",
        errors=errors,
    )


def checked(kind: type[B], document: Any) -> B:
    """A document as a body of this kind, for what does not come as the body of a request; raises Invalid."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise invalid(error.errors(include_input=False, include_url=False)) from None


def field_errors(faults: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Faults of a Pydantic ValidationError (`error.errors()`) as field errors, for the items of a batch.

    Each once: FastAPI checks a body again for every part of an endpoint that reads it.
    """
    return list(dict.fromkeys(_field_error(fault) for fault in faults))


def _field_error(fault: Mapping[str, Any]) -> FieldError:
    kind = fault["type"]
    message = OWN_WORDS.get(kind) or str(fault["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return FieldError(_path(fault["loc"]), _code(kind), message)


def _path(location: Sequence[Any]) -> str:
    parts = location[1:] if location and location[0] in PLACES else location
    return ".".join(str(part) for part in parts)


def _code(kind: str) -> str:
    if kind in FIELD_CODES:
        return kind
    for beginning, code in CODES.items():
        if kind == beginning or (beginning not in ("missing", "enum") and kind.startswith(beginning)):
            return code
    return "format" if any(part in kind for part in FORMATS) else "type"
