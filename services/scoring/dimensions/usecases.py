"""The dimensions of one customer with their reasons, and how customers spread over levels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.dimensions import repository, rules
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import NAMES, DimensionOut, DimensionsOut, DimensionsScheme, Name, ReasonOut
from services.scoring.evidence.rules import Evidence
from services.scoring.levels import usecases as levels
from services.scoring.levels.tables import LevelHistory
from services.scoring.models.rules import PurchaseModel
from services.scoring.scales import usecases as scales
from services.scoring.scales.rules import UNKNOWN, UNMEASURED
from services.scoring.schemes import usecases as schemes
from services.scoring.scores import usecases as scores
from services.scoring.scores.tables import Score
from services.scoring.values import rules as values
from shared.errors import Invalid

REASONS = 3
NEUTRAL = 0.5


def scheme(session: Session) -> DimensionsScheme:
    """The scheme in force."""
    found = schemes.current(session, "dimensions")
    return DimensionsScheme.model_validate(found.content if found else {})


def of(session: Session, evidence: Evidence, model: PurchaseModel) -> DimensionsOut:
    """Levels and numbers as they were assessed last, with reasons from the facts. Raises NotFound before that."""
    customer_id = evidence.customer_ids[0]
    score, held = scores.of(session, customer_id), levels.at(session, customer_id, evidence.now)
    found = rules.measured(evidence, values.predicted(evidence, model), scales.in_force(session) or UNMEASURED)
    chosen = scheme(session)
    return DimensionsOut(
        customer_id=customer_id,
        as_of=score.as_of,
        scheme_version=max((one.scheme_version for name, one in held.items() if name in NAMES), default=0),
        dimensions={name: _answer(name, found[name], score, held, chosen) for name in NAMES},
    )


def distribution(session: Session, by: Sequence[str]) -> dict[str, Any]:
    """How many customers have each level of one dimension, or each pair of two. Raises Invalid for other names."""
    if not 1 <= len(by) <= 2 or not set(by) <= set(NAMES):
        raise Invalid(f"`by` names one or two of {', '.join(NAMES)}.")
    return {"by": list(by), "items": repository.distribution(session, by)}


def _answer(
    name: Name, found: Dimension, score: Score, held: Mapping[str, LevelHistory], chosen: DimensionsScheme
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


def _threshold(level: str | None, chosen: DimensionsScheme, name: Name) -> float | None:
    cuts = chosen.cuts(name)
    return {"high": cuts.high, "medium": cuts.low, "low": cuts.low}.get(level or "")


def _reasons(found: Dimension) -> list[ReasonOut]:
    """The three parts that lie furthest from the middle."""
    known = {code: float(part.score[0]) for code, part in found.parts.items() if not np.isnan(part.score[0])}
    strongest = sorted(known, key=lambda code: (-abs(known[code] - NEUTRAL), code))[:REASONS]
    return [
        ReasonOut(code=code, score=round(known[code], 4), effect="raises" if known[code] >= NEUTRAL else "lowers")
        for code in strongest
    ]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
