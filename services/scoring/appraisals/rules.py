"""Numbers and levels of many customers at once. Pure: the same for an assessment, a preview and a review."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from services.scoring.challengers.rules import Trained
from services.scoring.criteria import rules as criteria
from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions import rules as dimensions
from services.scoring.dimensions.declared import rules as own_dimensions
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import NAMES, DimensionsScheme, Name
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.horizons.rules import Horizons
from services.scoring.lifecycle import rules as lifecycle
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.models.rules import PurchaseModel
from services.scoring.scales.rules import Scales
from services.scoring.signs.schemas import WarningsScheme
from services.scoring.values import rules as values

LEVELS = (*NAMES, "value_class", "lifecycle")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The schemes and models in force at one moment; `scheme_version` is the newest among the schemes."""

    scheme_version: int
    dimensions: DimensionsScheme
    criteria: CriteriaScheme
    lifecycle: LifecycleScheme
    warnings: WarningsScheme
    purchases: PurchaseModel
    scales: Scales

    @property
    def horizons(self) -> Horizons:
        """The rule of H: as the scheme says, else as measured."""
        return Horizons.of(self.dimensions, self.purchases.horizon_days)

    @property
    def model(self) -> PurchaseModel:
        """The model of purchases with the usual horizon."""
        return replace(self.purchases, horizon_days=self.horizons.usual)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What customers are worth: numbers and levels by name, one row per customer of the evidence.

    `levels` has those of declared dimensions too, by their codes.
    """

    evidence: Evidence
    numbers: Mapping[str, Floats]
    dimensions: Mapping[Name, Dimension]
    declared: Mapping[str, Dimension]
    levels: Mapping[str, Texts]
    method: Sequence[str]


def appraise(
    evidence: Evidence, book: Rulebook, before: Mapping[str, Texts], *, trained: Trained | None = None
) -> Appraisal:
    """Appraise customers; `before` are the levels they had, which are kept where a number hardly moved.

    A `trained` model decides on the chance of churn where it has one.
    """
    model, chosen = book.model, book.dimensions
    predicted = _predicted(evidence, model, trained)
    found = dimensions.measured(evidence, predicted, book.scales)
    worth = criteria.measured(evidence, predicted, found, book.criteria, book.scales)
    levels = dimensions.levels(evidence, found, chosen, before)
    own = own_dimensions.measured(chosen.declared, evidence, predicted, book.scales)
    return Appraisal(
        evidence=evidence,
        numbers={**predicted, **worth, **_measures(found), "confidence": values.confidence(evidence, model.rung)},
        dimensions=found,
        declared=own,
        levels={
            **own_dimensions.levels(chosen.declared, own, chosen.margin, before),
            **{str(name): level for name, level in levels.items()},
            "value_class": criteria.classes(worth["composite_percentile"], book.criteria, before["value_class"]),
            "lifecycle": lifecycle.stages(evidence, predicted, levels["loyalty"], book.lifecycle),
        },
        method=_method(evidence, model, trained),
    )


def _predicted(evidence: Evidence, model: PurchaseModel, trained: Trained | None) -> Mapping[str, Floats]:
    usual = values.predicted(evidence, model)
    if trained is None:
        return usual
    churn = np.where(np.isnan(trained.churn), usual["churn_probability"], trained.churn)
    return {**usual, "churn_probability": churn}


def _method(evidence: Evidence, model: PurchaseModel, trained: Trained | None) -> list[str]:
    usual = values.method(evidence, model.rung)
    if trained is None:
        return usual
    return [own if np.isnan(chance) else trained.method for own, chance in zip(usual, trained.churn, strict=True)]


def warned(appraisal: Appraisal, about: Collection[UUID]) -> Appraisal:
    """The appraisal once it is known about whom a warning is open."""
    open_ = np.array([one in about for one in appraisal.evidence.customer_ids], dtype=bool)
    stages = lifecycle.warned(appraisal.levels["lifecycle"], open_)
    return replace(appraisal, levels={**appraisal.levels, "lifecycle": stages})


def nothing_before(customers: int) -> dict[str, Texts]:
    """The levels of customers whom nobody looked at yet."""
    return dict.fromkeys(LEVELS, np.full(customers, ""))


def declared_rows(appraisal: Appraisal) -> list[dict[str, dict[str, Any]]]:
    """Level, value and percentile of each customer in each declared dimension, as they are stored."""
    rows: list[dict[str, dict[str, Any]]] = [{} for _ in appraisal.evidence.customer_ids]
    for code, one in appraisal.declared.items():
        columns = (appraisal.levels[code].tolist(), one.value.tolist(), one.percentile.tolist())
        for row, (level, value, share) in zip(rows, zip(*columns, strict=True), strict=True):
            row[code] = {"level": level, "value": _known(value), "percentile": _known(share)}
    return rows


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def _measures(found: Mapping[Name, Dimension]) -> dict[str, Floats]:
    graded: dict[str, Floats] = {name: one.value for name, one in found.items() if name != "churn"}
    shares = {f"{name}_percentile": one.percentile for name, one in found.items() if name not in dimensions.ABSOLUTE}
    return {**graded, **shares}
