"""Boosted trees of one feature each, added up: a staircase per feature.

A tree that asks about one feature only is a function with steps; so is a sum of them. Scoring then looks each value up
once, however many trees there were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.histories import Floats


@dataclass(frozen=True, slots=True)
class Staircase:
    """`heights[i]` for values above `edges[i - 1]` up to and with `edges[i]`: one height more than edges."""

    edges: Floats
    heights: Floats

    def __call__(self, values: Floats) -> Floats:
        """The height at each value."""
        return np.asarray(self.heights[np.searchsorted(self.edges, values, side="left")])

    def to_document(self) -> dict[str, Any]:
        """As plain JSON."""
        return {"edges": self.edges.tolist(), "heights": self.heights.tolist()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Staircase":
        """The staircase that was stored."""
        edges, heights = (np.array(document[name], dtype=np.float64) for name in ("edges", "heights"))
        return cls(edges, heights)


def staircases(boosting: Any, features: int) -> list[Staircase]:
    """Of a fitted scikit-learn gradient boosting with `interaction_cst` "no_interactions", one per feature."""
    parts: list[list[Staircase]] = [[] for _ in range(features)]
    for (tree,) in boosting._predictors:
        nodes = tree.nodes
        asked = np.unique(nodes["feature_idx"][nodes["is_leaf"] == 0])
        if len(asked) > 1:
            raise ValueError("A tree that asks about several features is no staircase.")
        if len(asked) == 1:
            parts[int(asked[0])].append(_walked(nodes))
    return [_added(some) for some in parts]


def _walked(nodes: npt.NDArray[Any]) -> Staircase:
    """The leaves of one tree from left to right, and the thresholds between them."""
    edges: list[float] = []
    heights: list[float] = []
    waiting: list[tuple[int, bool]] = [(0, False)]
    while waiting:
        at, came_back = waiting.pop()
        node = nodes[at]
        if node["is_leaf"]:
            heights.append(float(node["value"]))
        elif came_back:
            edges.append(float(node["num_threshold"]))
        else:
            waiting += [(int(node["right"]), False), (at, True), (int(node["left"]), False)]
    return Staircase(np.array(edges), np.array(heights))


def _added(parts: list[Staircase]) -> Staircase:
    edges = np.unique(np.concatenate([part.edges for part in parts])) if parts else np.empty(0)
    inside = np.append(edges, np.inf)  # a value of each step
    heights = np.sum([part(inside) for part in parts], axis=0) if parts else np.zeros(1)
    return Staircase(edges, heights)
