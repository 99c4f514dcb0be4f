"""The rulebook in force."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from services.scoring.appraisals.rules import Appraisal, Rulebook, appraise
from services.scoring.challengers import usecases as challengers
from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions.schemas import DimensionsScheme
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.models import usecases as models
from services.scoring.scales import usecases as scales
from services.scoring.scales.rules import UNMEASURED, Scales
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme


def appraised(session: Session, evidence: Evidence, book: Rulebook, before: Mapping[str, Texts]) -> Appraisal:
    """Appraise customers by a rulebook, with the challenger that is in force for its horizon."""
    trained = challengers.trained(session, evidence, book.horizon_days)
    return appraise(evidence, book, before, trained=trained)


def rulebook(session: Session, measured: Scales | None = None) -> Rulebook:
    """The schemes and models that count; `measured` scales instead of those in force."""
    found = schemes.in_force(session)

    def content(kind: str) -> dict[str, object]:
        scheme: Scheme | None = found.get(kind)
        return {} if scheme is None else scheme.content

    return Rulebook(
        scheme_version=max((one.scheme_version for one in found.values()), default=0),
        dimensions=DimensionsScheme.model_validate(content("dimensions")),
        criteria=CriteriaScheme.model_validate(content("criteria")),
        lifecycle=LifecycleScheme.model_validate(content("lifecycle")),
        purchases=models.purchases(session),
        scales=measured or scales.in_force(session) or UNMEASURED,
    )
