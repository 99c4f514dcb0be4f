"""What declared dimensions come to, and the levels they give. Pure; one row per customer."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.scoring.conditions import rules as conditions
from services.scoring.dimensions.declared.schemas import Declared, PartOf
from services.scoring.dimensions.rules import Dimension, Numbers
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.scales.rules import UNKNOWN, Part, Scales, blended, graded

SCALE = "declared."


def measured(
    declared: Sequence[Declared], evidence: Evidence, numbers: Numbers, scales: Scales
) -> dict[str, Dimension]:
    """Declared dimensions before they are graded. `numbers` are the predictions of values."""
    return {one.code: _measured(one, evidence, numbers, scales) for one in declared}


def levels(
    declared: Sequence[Declared], found: Mapping[str, Dimension], margin: float, before: Mapping[str, Texts]
) -> dict[str, Texts]:
    """The level of each customer in each declared dimension; `before` are those they had."""
    return {one.code: _level(one, found[one.code], margin, before.get(one.code)) for one in declared}


def _measured(one: Declared, evidence: Evidence, numbers: Numbers, scales: Scales) -> Dimension:
    parts = {part.code: _part(part, evidence, numbers) for part in one.parts}
    value = blended(parts)
    fields = set().union(*(conditions.fields_of(part.when) for part in one.parts))
    return Dimension(
        value,
        scales.percentile(f"{SCALE}{one.code}", value),
        parts,
        conditions.facts(fields, evidence),
        absolute=True,
        predicted=any(field.predicted for field in fields),
    )


def _part(part: PartOf, evidence: Evidence, numbers: Numbers) -> Part:
    verdict = conditions.holds(part.when, evidence, numbers).astype(float)
    known = conditions.facts(conditions.fields_of(part.when), evidence) > 0
    return Part(part.weight, np.where(known, verdict, np.nan))


def _level(one: Declared, found: Dimension, margin: float, before: Texts | None) -> Texts:
    size = len(found.value)
    if not one.on:
        return np.full(size, UNKNOWN)
    return graded(found.score, one.low, one.high, np.full(size, "") if before is None else before, margin)
