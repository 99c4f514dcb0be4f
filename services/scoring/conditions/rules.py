"""Judging many customers by a tree of conditions, as arithmetic over columns. Pure; one row per customer.

As in segment rules, a leaf about what is unknown is false, a count of nothing is 0, and `not` makes false true.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from services.scoring.conditions.fields import FIELDS, OPERATORS, Field
from services.scoring.conditions.schemas import Node
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence, Truths

Numbers = Mapping[str, Floats]


def holds(node: Node, evidence: Evidence, numbers: Numbers) -> Truths:
    """Of whom a condition holds. `numbers` are the predictions of values."""
    if node.all is not None:
        return np.asarray(np.all([holds(one, evidence, numbers) for one in node.all], axis=0))
    if node.any is not None:
        return np.asarray(np.any([holds(one, evidence, numbers) for one in node.any], axis=0))
    if node.not_ is not None:
        return ~holds(node.not_, evidence, numbers)
    return _leaf(str(node.op), node.value, _column(FIELDS[str(node.field)], evidence, numbers), evidence.instant)


def facts(fields: Collection[Field], evidence: Evidence) -> Floats:
    """How many facts of each customer stand behind some fields; those that several rest on count once."""
    found = np.zeros(len(evidence))
    for column in sorted({field.facts for field in fields}):
        found += evidence.known(column)
    return found


def fields_of(node: Node) -> set[Field]:
    """The fields that a condition asks for."""
    return {FIELDS[one.field] for one in node.walk() if one.field is not None}


def vocabulary() -> dict[str, Any]:
    """All fields with what may be asked of them."""
    items = [
        {
            "field": one.name,
            "type": one.kind,
            "operators": list(OPERATORS[one.kind]),
            "titles": {"zh": one.zh, "en": one.en},
        }
        for one in FIELDS.values()
    ]
    return {"items": items}


def _column(field: Field, evidence: Evidence, numbers: Numbers) -> Floats:
    if field.predicted:
        return numbers[field.column]
    return evidence[field.column] if field.gaps else evidence.known(field.column)


def _leaf(op: str, value: Any, column: Floats, instant: float) -> Truths:
    verdicts: Mapping[str, Any] = {
        "is_known": lambda: ~np.isnan(column),
        "at_least": lambda: column >= value,
        "at_most": lambda: column <= value,
        "more_than": lambda: column > value,
        "less_than": lambda: column < value,
        "between": lambda: (column >= value[0]) & (column <= value[1]),
        "within_last": lambda: (column > instant - value["days"]) & (column <= instant),
    }
    return np.asarray(verdicts[op]())
