"""Telling a target by a tree and by its drivers. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from services.scoring.estimators.as_of import Features
from services.scoring.estimators.catalogue import Bools
from services.scoring.estimators.descriptions import Leaf, describe
from services.scoring.estimators.drivers import drivers
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.logistic import LogisticChallenger
from services.scoring.estimators.preparation import Preparation
from services.scoring.targets.fields import THEN, Field, node, words
from shared.errors import Invalid

FEWEST = 20  # customers with the target, and without
FEW = 8  # drivers
ALIKE = 0.8  # of two fields that correlate more, the stronger one is told
BUYERS = {"field": "orders.count", "op": "at_least", "value": 1}
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Cases:
    """Customers by row: their fields in columns, and who has the target."""

    target: str
    fields: Sequence[Field]
    table: Floats
    outcome: Bools
    horizon: float

    @property
    def base_rate(self) -> float:
        """The share with the target."""
        return float(self.outcome.mean())


def require_both(cases: Cases) -> None:
    """Raise Invalid `not_eligible` unless enough customers have the target and enough have not."""
    some = int(cases.outcome.sum())
    if min(some, len(cases.outcome) - some) < FEWEST:
        detail = f"It takes {FEWEST} customers with the target and {FEWEST} without; of {len(cases.outcome)}, {some}"
        raise Invalid(f"{detail} have it.", code="not_eligible")


def then(features: Features) -> Floats:
    """The fields `THEN` of customers, as they were known at the cut-off of the features."""
    columns = [features.column(field.source) for field in THEN]
    columns[0] = columns[0] + 1.0  # repeat purchases, and the first one
    return np.column_stack(columns)


def tree(cases: Cases, *, depth: int = 3) -> list[dict[str, Any]]:
    """Leaves in words and as rules of segments, the likeliest first."""
    found = describe(cases.table, [field.name for field in cases.fields], cases.outcome, depth=depth)
    return sorted((_leaf(cases, leaf) for leaf in found), key=lambda leaf: -leaf["probability"])


def told_by(cases: Cases) -> tuple[LogisticChallenger, list[int], list[dict[str, Any]]]:
    """A model of the few fields that tell most, which they are, and their effects with intervals."""
    chosen = few(cases)
    table, names = cases.table[:, chosen], [cases.fields[at].name for at in chosen]
    model = LogisticChallenger(fields=names).fit(table, cases.outcome)
    found = drivers(model, table, cases.outcome, np.arange(len(table)))
    return model, chosen, [asdict(one) for one in found]


def few(cases: Cases) -> list[int]:
    """The columns that go most with the target by themselves, without those that say the same as a stronger one."""
    rows = Preparation().fit(cases.table).transform(cases.table)
    spread = rows.std(axis=0) > 0
    beside = np.corrcoef(np.column_stack([rows[:, spread], cases.outcome]), rowvar=False)
    place, strength = np.flatnonzero(spread).tolist(), np.abs(beside[-1, :-1])
    kept: list[int] = []
    for at in np.argsort(-strength, kind="stable").tolist():
        if len(kept) < FEW and all(abs(beside[at, other]) < ALIKE for other in kept):
            kept.append(at)
    return [place[at] for at in kept]


def _leaf(cases: Cases, leaf: Leaf) -> dict[str, Any]:
    by_name = {field.name: field for field in cases.fields}
    probability = leaf.purity if leaf.outcome else 1.0 - leaf.purity
    told = [words(by_name[one.field], one, cases.horizon) for one in leaf.conditions]
    nodes = [node(by_name[one.field], one, cases.horizon) for one in leaf.conditions]
    return {
        "words": {
            "zh": "，".join(zh for zh, _ in told) or "所有买家",
            "en": " and ".join(en for _, en in told) or "all buyers",
        },
        "share": round(leaf.share, DIGITS),
        "probability": round(probability, DIGITS),
        "lift": round(probability / cases.base_rate, DIGITS),
        "rule": {"all": [BUYERS, *nodes]},
    }
