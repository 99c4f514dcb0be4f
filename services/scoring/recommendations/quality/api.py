"""Measured recall over HTTP."""

from typing import Any

from services.scoring.recommendations.quality import usecases
from services.scoring.recommendations.quality.schemas import QualitiesOut
from shared.web.dependencies import Now, ReadSession
from shared.web.routing import Router

router = Router("/recommendations/quality", tag="Recommendation quality")


@router.get("", scope="scoring:read", response_model=QualitiesOut)
def read_quality(session: ReadSession, now: Now) -> Any:
    """How many of the things customers bought next were on their lists, against best-sellers; and sales by slot."""
    return usecases.measured(session, now)
