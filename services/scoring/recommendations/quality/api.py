"""Measured recall over HTTP."""

from typing import Any

from services.scoring.recommendations.quality import repository
from services.scoring.recommendations.quality.schemas import QualitiesOut
from shared.web.dependencies import ReadSession
from shared.web.routing import Router

router = Router("/recommendations/quality", tag="Recommendation quality")


@router.get("", scope="scoring:read", response_model=QualitiesOut)
def read_quality(session: ReadSession) -> Any:
    """How many of the things customers bought next were on their lists, against best-sellers."""
    return {"items": repository.latest(session)}
