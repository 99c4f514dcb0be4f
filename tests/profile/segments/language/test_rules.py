"""A rule is read whole, or refused with a JSON pointer to everything that is wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.segments.language.rules import read, vocabulary
from services.profile.segments.language.schemas import Leaf, walk
from services.profile.segments.schemas import TEA
from shared.errors import Invalid

pytestmark = pytest.mark.capability("C-06")

SHANGHAI = ZoneInfo("Asia/Shanghai")
KEYS = ("all", "any", "not", "field", "op", "value", "window", "where", "days", "from", "to")
LEAF = {"field": "orders.count", "op": "at_least", "value": 2}
RECENT = {"field": "customer.registered_at", "op": "within_last"}


def faults(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read(document, SHANGHAI)
    assert refused.value.code == "rule_invalid"
    return [(one.field, one.code) for one in refused.value.errors]


def nested(depth: int) -> Any:
    return LEAF if depth == 1 else {"all": [nested(depth - 1)]}


def test_the_example_of_the_documents_is_read() -> None:
    places = [one.pointer for one in walk(read(TEA, SHANGHAI))]
    assert places == ["", "/all/0", "/all/1", "/all/2", "/all/2/not"]


def test_days_of_a_window_are_times_of_24_hours_and_business_days_have_a_midnight() -> None:
    rolling, fixed = (
        read({**LEAF, "window": window}, SHANGHAI)
        for window in ({"days": 2}, {"from": "2026-11-01", "to": "2026-11-08"})
    )
    assert isinstance(rolling, Leaf)
    assert isinstance(fixed, Leaf)
    assert rolling.measure.window is not None
    assert fixed.measure.window is not None
    assert rolling.measure.window.span == timedelta(hours=48)
    assert fixed.measure.window.since == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert fixed.measure.window.until == datetime(2026, 11, 7, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], [("", "type")]),
        ({}, [("/field", "required")]),
        ({"all": []}, [("/all", "too_short")]),
        ({"all": {}}, [("/all", "type")]),
        ({"all": [LEAF], "any": [LEAF]}, [("", "not_allowed")]),
        ({"all": [LEAF, {"not": {"field": 3}}]}, [("/all/1/not/field", "type")]),
        ({"field": "orders.kount", "op": "is"}, [("/field", "unknown")]),
        ({"field": "consent.", "op": "is"}, [("/field", "unknown")]),
        ({"field": "dimension.", "op": "is", "value": "high"}, [("/field", "unknown")]),
        ({"field": "dimension.engagement", "op": "is", "value": "huge"}, [("/value", "not_allowed")]),
        ({"field": "points.available", "op": "at_least", "value": 1}, [("/field", "not_allowed")]),
        ({"field": "attribute.", "op": "is", "value": "x"}, [("/field", "unknown")]),
        ({"field": "attribute.size", "op": "has_any_of", "value": ["x"]}, [("/op", "not_allowed")]),
        ({"field": "attribute.size", "op": "is", "value": "x", "window": {"days": 1}}, [("/window", "not_allowed")]),
        ({"field": "assignment.team_id", "op": "has_any_of", "value": ["east"]}, [("/value/0", "format")]),
        ({"field": "portrait.mood", "op": "is", "value": "x"}, [("/field", "unknown")]),
        ({"field": "portrait.price_band", "op": "is", "value": "cheap"}, [("/value", "not_allowed")]),
        ({**LEAF, "a/b~": 1}, [("/a~1b~0", "unknown")]),
        ({"field": "orders.count", "value": 1}, [("/op", "required")]),
        ({**LEAF, "op": "is"}, [("/op", "not_allowed")]),
        ({"field": "orders.count", "op": "at_least"}, [("/value", "required")]),
        ({**LEAF, "value": True}, [("/value", "type")]),
        ({**LEAF, "value": 1e13}, [("/value", "too_large")]),
        ({**LEAF, "op": "between", "value": [2, 1]}, [("/value/1", "too_small")]),
        ({**LEAF, "op": "is_known"}, [("/value", "not_allowed")]),
        ({**LEAF, "window": {}}, [("/window", "type")]),
        ({**LEAF, "window": {"days": 0}}, [("/window/days", "too_small")]),
        ({**LEAF, "window": {"days": 1, "hours": 1}}, [("/window", "not_allowed")]),
        ({**LEAF, "window": {"from": "2026-11-02", "to": "2026-11-02"}}, [("/window/to", "too_small")]),
        ({**RECENT, "value": {"days": 1}, "window": {"days": 1}}, [("/window", "not_allowed")]),
        ({**RECENT, "value": 3}, [("/value", "type")]),
        ({**RECENT, "op": "before", "value": "soon"}, [("/value", "format")]),
        ({"field": "customer.gender", "op": "is", "value": "q"}, [("/value", "not_allowed")]),
        ({"field": "customer.city", "op": "is", "value": "a\0b"}, [("/value", "format")]),
        ({"field": "customer.city", "op": "in_region", "value": ["310000"]}, [("/op", "not_allowed")]),
        ({"field": "customer.tags", "op": "has_any_of", "value": ["a", "a"]}, [("/value", "duplicate")]),
        ({"field": "segment", "op": "is", "value": "tea"}, [("/value", "format")]),
        ({**LEAF, "where": []}, [("/where", "type")]),
        ({**LEAF, "where": [{"field": "mood", "op": "is", "value": "x"}]}, [("/where/0/field", "not_allowed")]),
        ({**LEAF, "where": [{"field": "hour", "op": "between", "value": [1]}]}, [("/where/0/value", "type")]),
        (nested(7), [("/all/0/all/0/all/0/all/0/all/0/all/0", "too_long")]),
        ({"any": [LEAF] * 100}, [("", "too_long")]),
    ],
)
def test_what_is_wrong_is_named_by_its_place(document: Any, expected: list[tuple[str, str]]) -> None:
    assert faults(document) == expected


def test_every_fault_is_told_at_once() -> None:
    assert faults({"all": [{"field": "x"}, {"not": {**LEAF, "value": "2"}}]}) == [
        ("/all/0/field", "unknown"),
        ("/all/1/not/value", "type"),
    ]


def test_the_limits_are_included() -> None:
    read(nested(6), SHANGHAI)
    read({"any": [LEAF] * 99}, SHANGHAI)
    many = {"field": "customer.city", "op": "is_any_of", "value": [str(at) for at in range(1_000)]}
    read(many, SHANGHAI)
    assert faults({"all": [LEAF, many]}) == [("", "too_long")]


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json, st.sampled_from([one.field for one in vocabulary(())]), st.sampled_from(KEYS))
def test_nothing_but_a_refusal_comes_of_nonsense(document: Any, field: str, key: str) -> None:
    for rule in (document, {"field": field, "op": "at_least", "value": 1} | {key: document}):
        try:
            read(rule, SHANGHAI)
        except Invalid as error:
            assert error.code == "rule_invalid"


def test_the_vocabulary_names_every_field_in_both_languages() -> None:
    names = [one.field for one in vocabulary(())]
    assert len(names) == len(set(names))
    assert all(one.titles.zh and one.titles.en and one.operators for one in vocabulary(()))
    assert {one.field for one in vocabulary(()) if not one.available} >= {"points.available", "referrals.count"}
