"""The rulebook in force."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.appraisals.rules import Appraisal, Rulebook, appraise
from services.scoring.challengers import usecases as challengers
from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions.schemas import DimensionsScheme
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.models import usecases as models
from services.scoring.models.rules import Standards
from services.scoring.scales import usecases as scales
from services.scoring.scales.rules import UNMEASURED
from services.scoring.signs.schemas import WarningsScheme


def appraised(
    session: Session, evidence: Evidence, book: Rulebook, before: Mapping[str, Texts], known: Standards | None = None
) -> Appraisal:
    """Appraise customers by a rulebook, with the challenger in force where it was trained for their H."""
    trained = challengers.trained(session, evidence, known)
    return appraise(evidence, book, before, trained=trained)


def rulebook(session: Session, known: Standards | None = None) -> Rulebook:
    """The schemes and models that count, or those that are `known` to."""
    found = known or models.standards(session)

    def content(kind: str) -> Mapping[str, Any]:
        return found.scheme(kind)[1]

    return Rulebook(
        scheme_version=found.version,
        dimensions=DimensionsScheme.model_validate(content("dimensions")),
        criteria=CriteriaScheme.model_validate(content("criteria")),
        lifecycle=LifecycleScheme.model_validate(content("lifecycle")),
        warnings=WarningsScheme.model_validate(content("warnings")),
        purchases=models.purchases(session, found),
        scales=scales.in_force(session, found) or UNMEASURED,
    )
