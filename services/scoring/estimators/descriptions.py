"""A group of customers, or any outcome, told by a few conditions that people can read and segments can use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier

from services.scoring.estimators.histories import Floats

Op = Literal["at_least", "at_most", "less_than", "more_than"]
Bounds = dict[int, tuple[float, float]]  # by column: more than, at most

DEPTH = 3
SMALLEST = 0.01  # share of customers in a leaf
LEARNED = 200_000  # rows that suffice
DIGITS = range(-6, 12)


@dataclass(frozen=True, slots=True)
class Condition:
    """A field and a number to compare it with."""

    field: str
    op: Op
    value: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """Customers for whom all conditions hold.

    `outcome` is what most of them have, `purity` the share that does, `share` that of these customers among all.
    """

    conditions: tuple[Condition, ...]
    outcome: Any
    share: float
    purity: float

    def rule(self) -> dict[str, Any]:
        """As the rule of a segment."""
        leaves = [{"field": one.field, "op": one.op, "value": one.value} for one in self.conditions]
        return {"all": leaves}

    def __str__(self) -> str:
        told = " and ".join(f"{one.field} {one.op.replace('_', ' ')} {one.value:g}" for one in self.conditions)
        return f"{told or 'everybody'}: {self.share:.0%} of all, {self.purity:.0%} {self.outcome}"


def describe(
    X: Any, fields: Sequence[str], target: Any, *, depth: int = DEPTH, smallest: float = SMALLEST, seed: int = 0
) -> list[Leaf]:
    """Leaves of a shallow decision tree that tells `target` (a label per row) by the columns, the largest first.

    The customers of a leaf are exactly those of its rule: values are the shortest numbers that lie between the
    customers on either side.
    """
    table, label = np.asarray(X, dtype=np.float64), np.asarray(target)
    rows = np.random.default_rng(seed).permutation(len(table))[:LEARNED]
    table, label = table[rows], label[rows]
    tree = DecisionTreeClassifier(
        max_depth=depth, min_samples_leaf=max(1, round(smallest * len(table))), random_state=seed
    ).fit(table, label)
    leaves = [
        _leaf(fields, bounds, label[held], len(label))
        for bounds, held in _grown(tree.tree_, table, 0, {}, np.ones(len(table), dtype=bool))
    ]
    return sorted(leaves, key=lambda leaf: -leaf.share)


def _grown(
    tree: Any, table: Floats, node: int, bounds: Bounds, held: npt.NDArray[np.bool_]
) -> list[tuple[Bounds, npt.NDArray[np.bool_]]]:
    """The bounds of every leaf below a node, and which rows lie within."""
    if tree.children_left[node] < 0:
        return [(bounds, held)]
    column = int(tree.feature[node])
    values = table[:, column]
    below = held & (values.astype(np.float32) <= tree.threshold[node])  # as the tree itself compares
    cut = readable(values[below].max(), values[held & ~below].min())
    more, most = bounds.get(column, (-np.inf, np.inf))
    sides = (
        (tree.children_left[node], (more, cut), below),
        (tree.children_right[node], (cut, most), held & ~below),
    )
    return [
        leaf for child, bound, kept in sides for leaf in _grown(tree, table, child, {**bounds, column: bound}, kept)
    ]


def _leaf(fields: Sequence[str], bounds: Bounds, label: npt.NDArray[Any], everybody: int) -> Leaf:
    outcomes, count = np.unique(label, return_counts=True)
    conditions = [
        Condition(fields[column], op, value)
        for column, limits in sorted(bounds.items())
        for op, value in zip(_OPS, limits, strict=True)
        if np.isfinite(value)
    ]
    most = int(count.argmax())
    return Leaf(tuple(conditions), outcomes[most].item(), len(label) / everybody, float(count[most] / len(label)))


_OPS: tuple[Op, Op] = ("more_than", "at_most")


def readable(low: float, high: float) -> float:
    """The number with the fewest digits in [low, high), near the middle."""
    middle = float(low + (high - low) / 2.0)
    tried = (some for digits in DIGITS for some in (round(middle, digits), round(middle - 0.5 * 10.0**-digits, digits)))
    return next((some for some in tried if low <= some < high), float(low))
