"""Reading what is known of customers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.evidence import repository
from services.scoring.evidence.rules import Evidence
from services.scoring.models import usecases as models
from services.scoring.models.rules import PurchaseModel
from services.scoring.momentum import usecases as momentum
from shared.errors import NotFound
from shared.settings import Settings


def one(session: Session, customer_id: UUID, settings: Settings, now: datetime) -> tuple[Evidence, PurchaseModel]:
    """What is known of one canonical customer, and the model to predict from. Raises NotFound before anything is."""
    model = models.in_use(session)
    evidence = of(session, [customer_id], model.horizon_days, settings.zone, now)
    if not len(evidence):
        raise NotFound("Nothing is computed for this customer yet; ask again in a second.")
    return evidence, model


def purchases_of(
    session: Session, customer_id: UUID, settings: Settings, now: datetime
) -> tuple[Evidence, PurchaseModel]:
    """The same of the statistics alone: all that a prediction of purchases needs, in one statement."""
    people, columns = repository.statistics(session, [customer_id], beyond=False)
    if not people:
        raise NotFound("Nothing is computed for this customer yet; ask again in a second.")
    return Evidence(people, now, settings.zone, columns), models.in_use(session)


def of(session: Session, customer_ids: Sequence[UUID], horizon_days: float, zone: ZoneInfo, now: datetime) -> Evidence:
    """What is known of canonical customers, in the order of their ids; who has no statistics yet is left out."""
    people, columns = repository.statistics(session, customer_ids)
    lately = momentum.of(session, people, int(horizon_days), zone, now)
    recent = {name: np.array(column, dtype=np.float64) for name, column in lately.items()}
    return Evidence(people, now, zone, {**columns, **recent})
