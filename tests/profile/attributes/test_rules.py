"""Which values fit a declared attribute."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.profile.attributes.rules import fields
from services.profile.attributes.schemas import NewAttribute

pytestmark = pytest.mark.capability("C-03")
TITLES = {"en": "Something"}


def declared(**fields: Any) -> NewAttribute:
    return NewAttribute.model_validate({"key": "size", "titles": TITLES, **fields})


def said(value: Any, **attribute: Any) -> Any:
    found, errors = fields({"size": declared(**attribute)}, {"size": value}, "attributes")
    return [error.code for error in errors] or next(iter(found.values()))


@pytest.mark.parametrize(
    ("attribute", "value", "found"),
    [
        ({"type": "text"}, " Lao Wang ", "Lao Wang"),
        ({"type": "text"}, "  ", ["too_short"]),
        ({"type": "text"}, "x" * 501, ["too_long"]),
        ({"type": "text"}, 3, ["type"]),
        ({"type": "choice", "values": ["38", "39"]}, "38", "38"),
        ({"type": "choice", "values": ["38", "39"]}, "40", ["not_allowed"]),
        ({"type": "choice", "values": ["38", "39"]}, ["38"], ["not_allowed"]),
        ({"type": "number"}, 2, 2),
        ({"type": "number"}, "2.5", 2.5),
        ({"type": "number"}, True, ["type"]),
        ({"type": "number"}, "1e999", ["too_large"]),
        ({"type": "number"}, "nan", ["type"]),
        ({"type": "bool"}, "TRUE", True),
        ({"type": "bool"}, 1, ["type"]),
        ({"type": "day"}, "2026-11-25", "2026-11-25"),
        ({"type": "day"}, "2026-02-30", ["format"]),
        ({"type": "day"}, 20261125, ["type"]),
        ({"type": "day"}, None, None),
    ],
)
def test_a_value_is_of_its_type(attribute: dict[str, Any], value: Any, found: Any) -> None:
    assert said(value, **attribute) == found


def test_what_is_not_declared_is_named() -> None:
    assert [(one.field, one.code) for one in fields({}, {"size": 1}, "traits")[1]] == [("traits.size", "unknown")]


@given(st.sampled_from(["text", "number", "bool", "day"]), st.booleans())
def test_personal_values_and_free_text_are_kept_apart(kind: str, pii: bool) -> None:
    found, _ = fields({"size": declared(type=kind, pii=pii)}, {"size": None}, "attributes")
    assert list(found) == ["private_attributes.size" if pii or kind == "text" else "attributes.size"]


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.text()), st.dates().map(str)))
def test_whatever_is_sent_is_accepted_or_refused(value: Any) -> None:
    for kind in ("text", "number", "bool", "day"):
        found, errors = fields({"size": declared(type=kind)}, {"size": value}, "attributes")
        assert len(found) + len(errors) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "choice"},
        {"type": "number", "values": ["1"]},
        {"type": "choice", "values": ["a", "a"]},
        {"type": "text", "shared": True},
        {"type": "day", "shared": True, "pii": True},
        {"type": "day", "key": "Size.of"},
        {"type": "day", "titles": {}},
    ],
)
def test_a_declaration_makes_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        declared(**wrong)
