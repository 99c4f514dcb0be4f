"""Counting who would move, and grading by bands many at once. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from services.scoring.estimators.histories import Floats, Ints
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.rfm.rules import CLASSES, SCORES, Cuts

EXAMPLES = 50
Levels = Mapping[str, Texts]
CLASS_TABLE = np.array([CLASSES[r] for r in range(1, len(SCORES) + 2)])


@dataclass(slots=True)
class Tally:
    """How many customers have which level under the present scheme and under the draft, by name of the level."""

    customers: int = 0
    movers: int = 0
    steps: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    examples: list[dict[str, str | None]] = field(default_factory=list)

    def add(self, customer_ids: Sequence[UUID], present: Levels, draft: Levels) -> None:
        """Count some customers; both levels have one row per customer."""
        moved = np.zeros(len(customer_ids), dtype=bool)
        nothing = np.full(len(customer_ids), "")
        for name in {**present, **draft}:
            before, after = present.get(name, nothing), draft.get(name, nothing)
            self.steps.update(zip([name] * len(customer_ids), before.tolist(), after.tolist(), strict=True))
            moved |= before != after
            self._show(name, customer_ids, before, after)
        self.customers += len(customer_ids)
        self.movers += int(moved.sum())

    def result(self) -> dict[str, Any]:
        """As plain JSON: counts per level, moves with the largest first, and some customers who would move."""
        moves = [(step, count) for step, count in self.steps.items() if step[1] != step[2]]
        moves.sort(key=lambda one: (-one[1], one[0]))
        return {
            "customers": self.customers,
            "movers": self.movers,
            "levels": self._levels(),
            "moves": [
                {"name": name, "from": before or None, "to": after or None, "customers": count}
                for (name, before, after), count in moves
            ],
            "examples": self.examples,
        }

    def _levels(self) -> list[dict[str, Any]]:
        before, after = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for (name, old, new), count in self.steps.items():
            before[name, old] += count
            after[name, new] += count
        return [
            {"name": name, "level": level or None, "before": before[name, level], "after": after[name, level]}
            for name, level in sorted({*before, *after})
        ]

    def _show(self, name: str, customer_ids: Sequence[UUID], before: Texts, after: Texts) -> None:
        for at in np.flatnonzero(before != after)[: EXAMPLES - len(self.examples)].tolist():
            move = {"name": name, "from": str(before[at]) or None, "to": str(after[at]) or None}
            self.examples.append({"customer_id": str(customer_ids[at]), **move})


def rfm_classes(evidence: Evidence, cuts: Cuts) -> Texts:
    """The class that each customer scores today; "" for who has not bought."""
    silent = evidence.today - evidence["last_order_on"]
    r = 1 + sum((silent <= cut).astype(np.intp) for cut in cuts.days)
    f, m = _reached(evidence.known("orders"), cuts.orders), _reached(evidence.known("net_spend"), cuts.spend)
    return np.where(evidence.buyers, CLASS_TABLE[r - 1, (f + m + 1) // 2 - 1], "")


def _reached(values: Floats, cuts: Sequence[float]) -> Ints:
    return np.asarray(1 + sum((values >= cut).astype(np.intp) for cut in cuts))
