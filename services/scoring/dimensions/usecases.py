"""The dimensions of one customer with their reasons, and how customers spread over levels."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.scoring.dimensions import repository, rules
from services.scoring.dimensions.declared import rules as own_dimensions
from services.scoring.dimensions.declared.schemas import Declared
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import (
    NAMES,
    Cuts,
    DimensionOut,
    DimensionsOut,
    DimensionsScheme,
    DistributionFilter,
    Name,
    ReasonOut,
)
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence
from services.scoring.levels import usecases as levels
from services.scoring.levels.rules import Held
from services.scoring.models.rules import PurchaseModel
from services.scoring.scales import usecases as scales
from services.scoring.scales.rules import UNKNOWN, UNMEASURED, Scales
from services.scoring.schemes import usecases as schemes
from services.scoring.scores import usecases as scores
from services.scoring.scores.tables import Score
from services.scoring.values import rules as values
from shared.errors import Invalid
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

REASONS = 3


def scheme(session: Session) -> DimensionsScheme:
    """The scheme in force."""
    found = schemes.current(session, "dimensions")
    return DimensionsScheme.model_validate(found.content if found else {})


def of(session: Session, evidence: Evidence, model: PurchaseModel) -> DimensionsOut:
    """Levels and numbers as they were assessed last, with reasons from the facts. Raises NotFound before that."""
    customer_id = evidence.customer_ids[0]
    score, held = scores.of(session, customer_id), levels.at(session, customer_id, evidence.now)
    measures, in_force = scales.in_force(session) or UNMEASURED, schemes.newest_version(session)
    predicted, chosen = values.predicted(evidence, model), scheme(session)
    return answer(evidence, predicted, score, held, chosen, measures=measures, in_force=in_force)


def answer(
    evidence: Evidence,
    predicted: Mapping[str, Floats],
    score: Score | Row[Any],
    held: Mapping[str, Held],
    chosen: DimensionsScheme,
    *,
    measures: Scales,
    in_force: int,
) -> DimensionsOut:
    """The dimensions of the one customer of the evidence, who has this score and holds these levels.

    `in_force` is the newest version of the schemes.
    """
    found = rules.measured(evidence, predicted, measures)
    own = own_dimensions.measured(chosen.declared, evidence, predicted, measures)
    names = (*NAMES, *own)
    return DimensionsOut(
        customer_id=evidence.customer_ids[0],
        as_of=score.as_of,
        scheme_version=max((one.scheme_version for name, one in held.items() if name in names), default=in_force),
        dimensions={name: _answer(name, found[name], score, held, chosen) for name in NAMES}
        | {one.code: _own_answer(one, own[one.code], score, held) for one in chosen.declared},
    )


def distribution(session: Session, by: Sequence[str], whom: DistributionFilter) -> dict[str, Any]:
    """How many customers have each level of one dimension, or each pair of two. Raises Invalid for other names."""
    names = (*NAMES, *(one.code for one in scheme(session).declared))
    if not 1 <= len(by) <= 2 or not set(by) <= set(names):
        raise Invalid(f"`by` names one or two of {', '.join(names)}.")
    return {"by": list(by), "items": repository.distribution(session, by, whom)}


def history(session: Session, customer_id: UUID, page: PageRequest) -> Listing[Any]:
    """One page of the levels a canonical customer had, also in dimensions that are declared no more."""
    return levels.of(session, customer_id, (*NAMES, *repository.ever_declared(session)), page)


def _answer(
    name: Name, found: Dimension, score: Score | Row[Any], held: Mapping[str, Held], chosen: DimensionsScheme
) -> DimensionOut:
    level = held[name].level if name in held else None
    value = getattr(score, "churn_probability" if name == "churn" else name)
    return DimensionOut.model_validate(
        {
            "level": level or UNKNOWN,
            "value": _short(value),
            "percentile": _short(getattr(score, f"{name}_percentile", None)),
            "threshold": _threshold(level, chosen, name),
            "evidence": int(found.evidence[0]),
            "confidence": _short(float(rules.confidence(found, np.array([score.confidence or 0.0]))[0])),
            "reasons": _reasons(found),
        }
    )


def _own_answer(one: Declared, found: Dimension, score: Score | Row[Any], held: Mapping[str, Held]) -> DimensionOut:
    level = held[one.code].level if one.code in held else None
    stored = score.declared.get(one.code, {})
    return DimensionOut.model_validate(
        {
            "level": level or UNKNOWN,
            "titles": one.titles,
            "value": stored.get("value"),
            "percentile": stored.get("percentile"),
            "threshold": _cut(level, one),
            "evidence": int(found.evidence[0]),
            "confidence": _short(float(rules.confidence(found, np.array([score.confidence or 0.0]))[0])),
            "reasons": _reasons(found),
        }
    )


def _threshold(level: str | None, chosen: DimensionsScheme, name: Name) -> float | None:
    return _cut(level, chosen.cuts(name))


def _cut(level: str | None, cuts: Cuts | Declared) -> float | None:
    return {"high": cuts.high, "medium": cuts.low, "low": cuts.low}.get(level or "")


def _reasons(found: Dimension) -> list[ReasonOut]:
    scores = {code: float(found.parts[code].score[0]) for code in rules.strongest(found)[:REASONS]}
    return [
        ReasonOut(code=code, score=round(score, 4), effect="raises" if score >= rules.NEUTRAL else "lowers")
        for code, score in scores.items()
    ]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
