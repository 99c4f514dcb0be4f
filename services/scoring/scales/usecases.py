"""Reading and freezing scales; they are kept as a model of their own kind."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.scoring.models import usecases as models
from services.scoring.models.rules import Standards
from services.scoring.models.tables import Model
from services.scoring.scales import repository
from services.scoring.scales.rules import Freezing, Frozen

SCALES = "scales"


def in_force(session: Session, known: Standards | None = None) -> Frozen | None:
    """The scales that count; None before the first review."""
    return models.loaded(session, SCALES, Frozen.load, known)


def freeze_prices(session: Session) -> None:
    """Freeze what articles of each category cost."""
    repository.freeze_prices(session)


def freeze(session: Session, scales: Freezing, customers: int, now: datetime) -> Model:
    """Put scales in force."""
    return models.put_in_force(session, SCALES, scales.content(), {"customers": customers}, now)
