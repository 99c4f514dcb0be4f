"""What buyers may be clustered by, and what segments call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence

Name = Literal["frequency", "order_value", "recency", "age", "spend", "discount_share", "breadth"]
Unit = Literal["orders", "amount", "days", "share", "categories"]
NAMES: Sequence[Name] = get_args(Name)
USUAL: Sequence[Name] = ("frequency", "order_value", "recency", "discount_share")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the statistics by which buyers are told apart.

    `segment`: the field of segment rules that says the same, where there is one. Days are whole days of 24 hours since
    an instant; amounts are in base currency; a share is from 0 to 1.
    """

    column: str
    unit: Unit
    segment: str | None = None

    def values(self, evidence: Evidence) -> Floats:
        """One number per customer, 0 where it is not known."""
        if self.unit == "days":
            passed = np.floor(evidence.instant - evidence[self.column])
            return np.nan_to_num(np.maximum(passed, 0.0), nan=0.0)
        return evidence.known(self.column)


FIELDS: Mapping[Name, Field] = {
    "frequency": Field("orders", "orders", "orders.count"),
    "order_value": Field("average_order_value", "amount", "orders.average_order_value"),
    "recency": Field("last_order_at", "days", "orders.last_at"),
    "age": Field("first_order_at", "days", "orders.first_at"),
    "spend": Field("net_spend", "amount", "orders.net_spend"),
    "discount_share": Field("discount_share", "share"),
    "breadth": Field("categories", "categories"),
}
TOLD: Sequence[Name] = [name for name in NAMES if FIELDS[name].segment is not None]  # by which clusters are described


def table(evidence: Evidence, names: Sequence[Name] = NAMES) -> Floats:
    """The fields of buyers, in the order of the names; who never bought has no row."""
    return np.column_stack([FIELDS[name].values(evidence) for name in names])[evidence.buyers]


def columns(rows: Floats, names: Sequence[Name]) -> Floats:
    """Some columns of a table of all fields."""
    return rows[:, [NAMES.index(name) for name in names]]
