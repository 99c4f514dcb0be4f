"""Conditions judge like the same rule read out for one customer at a time."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.scoring.conditions import rules
from services.scoring.conditions.fields import FIELDS, OPERATORS
from services.scoring.conditions.schemas import Node
from services.scoring.evidence.parts import ARCHIVE, COLUMNS
from services.scoring.momentum.repository import COLUMNS as LATELY
from services.scoring.scores.usecases import NUMBERS
from tests.scoring.people import NOW, people

pytestmark = pytest.mark.capability("C-13")
INSTANT = NOW.timestamp() / 86_400
ASKED = ("orders.count", "orders.average_order_value", "orders.last_at", "survey.nps", "score.clv_12m")
VALUES = st.integers(-2, 6).map(float)


SAID: dict[str, Callable[[float, Any], bool]] = {
    "is_known": lambda held, _: True,
    "at_least": lambda held, value: held >= value,
    "at_most": lambda held, value: held <= value,
    "more_than": lambda held, value: held > value,
    "less_than": lambda held, value: held < value,
    "between": lambda held, value: value[0] <= held <= value[1],
    "within_last": lambda held, value: INSTANT - value["days"] < held <= INSTANT,
}


def leaves() -> st.SearchStrategy[dict[str, Any]]:
    def leaf(name: str) -> st.SearchStrategy[dict[str, Any]]:
        return st.sampled_from(OPERATORS[FIELDS[name].kind]).flatmap(lambda op: _of(name, op))

    return st.sampled_from(ASKED).flatmap(leaf)


def _of(name: str, op: str) -> st.SearchStrategy[dict[str, Any]]:
    said = {"field": name, "op": op}
    if op == "is_known":
        return st.just(said)
    if op == "within_last":
        return st.integers(1, 9).map(lambda days: said | {"value": {"days": days}})
    if op == "between":
        return st.tuples(VALUES, VALUES).map(lambda two: said | {"value": sorted(two)})
    return VALUES.map(lambda value: said | {"value": value})


def trees() -> st.SearchStrategy[dict[str, Any]]:
    def group(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        some = st.lists(inner, min_size=1, max_size=3)
        return some.map(lambda nodes: {"all": nodes}) | some.map(lambda nodes: {"any": nodes}) | inner.map(_negated)

    return st.recursive(leaves(), group, max_leaves=8)


def _negated(node: dict[str, Any]) -> dict[str, Any]:
    return {"not": node}


def oracle(node: dict[str, Any], person: dict[str, float]) -> bool:
    """The rule read out for one customer, as the documents define it."""
    if "all" in node:
        return all(oracle(one, person) for one in node["all"])
    if "any" in node:
        return any(oracle(one, person) for one in node["any"])
    if "not" in node:
        return not oracle(node["not"], person)
    field, op, value = FIELDS[node["field"]], node["op"], node.get("value")
    held = person[field.column]
    if math.isnan(held):
        if field.gaps:
            return False
        held = 0.0
    return bool(SAID[op](held, value))


@given(trees(), st.lists(st.lists(VALUES | st.just(float("nan")), min_size=5, max_size=5), min_size=1, max_size=5))
def test_columns_say_what_the_rule_says_of_each_customer(tree: dict[str, Any], rows: list[list[float]]) -> None:
    names = [FIELDS[name].column for name in ASKED]
    some = [dict(zip(names, row, strict=True)) for row in rows]
    for one in some:
        one["last_order_at"] = INSTANT - one["last_order_at"]
    columns = {name: np.array([one[name] for one in some]) for name in names}
    numbers = {"clv_12m": columns.pop("clv_12m")}
    found = rules.holds(Node.model_validate(tree), people(len(some), **columns), numbers)
    assert found.tolist() == [oracle(tree, one) for one in some]


@given(trees())
def test_a_tree_is_kept_as_it_was_written(tree: dict[str, Any]) -> None:
    assert Node.model_validate(tree).model_dump(mode="json") == tree


@pytest.mark.parametrize(
    "node",
    [
        {},
        {"all": []},
        {"all": [{"field": "orders.count", "op": "at_least", "value": 1}], "any": []},
        {"field": "segment", "op": "is", "value": "0190"},
        {"field": "orders.count", "op": "is", "value": 1},
        {"field": "orders.count", "op": "at_least"},
        {"field": "orders.count", "op": "at_least", "value": True},
        {"field": "orders.count", "op": "between", "value": [2, 1]},
        {"field": "orders.count", "op": "is_known", "value": 1},
        {"field": "orders.last_at", "op": "within_last", "value": {"days": 0}},
        {"field": "orders.count", "op": "at_least", "value": 1, "window": {"days": 3}},
        {"not": {"field": "orders.count", "op": "at_least", "value": 1}, "op": "is"},
    ],
)
def test_what_no_field_can_answer_is_refused(node: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Node.model_validate(node)


def test_every_field_is_a_column_that_scoring_has() -> None:
    known = {*COLUMNS, *ARCHIVE, *LATELY}
    assert {one.facts for one in FIELDS.values()} <= known
    assert {one.column for one in FIELDS.values() if not one.predicted} <= known
    assert {one.column for one in FIELDS.values() if one.predicted} <= set(NUMBERS)
