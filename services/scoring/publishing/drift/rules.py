"""Which numbers stand against which cuts, and adding moves up. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions.rules import ABSOLUTE
from services.scoring.dimensions.schemas import NAMES, DimensionsScheme
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.signs.schemas import WarningsScheme

REVIEW_AFTER = {
    **{"bands": 31, "dimensions": 90, "criteria": 90, "lifecycle": 90, "warnings": 90},
    **{"tiers": 180, "strategies": 180, "promotions": 365},
}
NAMES_OF: Mapping[str, Sequence[str]] = {
    "dimensions": NAMES,
    "criteria": ("value_class",),
    "lifecycle": ("lifecycle",),
    "tiers": ("tier",),
    "strategies": ("plan",),
    "promotions": (),
}
CHANCE_MARGIN = 0.02
Edges = Mapping[str, Sequence[float]]


def edges(kind: str, content: Mapping[str, Any]) -> tuple[Edges, float] | None:
    """The cuts of each number of a customer, and how near counts as at the edge; None for kinds without cuts."""
    if kind == "dimensions":
        dimensions = DimensionsScheme.model_validate(content)
        graded = {name: dimensions.cuts(name) for name in NAMES if dimensions.cuts(name).on}
        return {_number(name): (cuts.low, cuts.high) for name, cuts in graded.items()}, dimensions.margin
    if kind == "criteria":
        criteria = CriteriaScheme.model_validate(content)
        return {"composite_percentile": (criteria.medium, criteria.high, criteria.key)}, criteria.margin
    if kind == "lifecycle":
        stages = LifecycleScheme.model_validate(content)
        return {"churn_probability": (stages.at_risk_from, stages.dormant_from, stages.lost_from)}, CHANCE_MARGIN
    if kind == "warnings":
        return {"silence_surprise": (WarningsScheme.model_validate(content).surprise,)}, CHANCE_MARGIN
    return None


def names_of(kind: str, content: Mapping[str, Any]) -> Sequence[str]:
    """The names of levels that a scheme decides."""
    return (*NAMES_OF[kind], *(one["code"] for one in content.get("declared", [])))


def counts(name: str, steps: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Customers by level before and after, of how many went from one to another or stayed."""
    then, now = Counter[str | None](), Counter[str | None]()
    for step in steps:
        then[step["before"]] += step["customers"]
        now[step["after"]] += step["customers"]
    levels = sorted({*then, *now}, key=lambda one: (one is None, one or ""))
    return [{"name": name, "level": level, "then": then[level], "now": now[level]} for level in levels]


def moves(name: str, steps: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """The steps that lead from one level to another."""
    return [{"name": name, **step} for step in steps if step["before"] != step["after"]]


def _number(name: Any) -> str:
    if name == "churn":
        return "churn_probability"
    return str(name) if name in ABSOLUTE else f"{name}_percentile"
