"""Reading what is known of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.scoring.estimators.histories import Floats
from services.scoring.evidence import repository
from services.scoring.evidence.rules import Evidence
from services.scoring.horizons.rules import Horizons, OwnHorizons
from services.scoring.models import usecases as models
from services.scoring.models.rules import PurchaseModel
from services.scoring.momentum import usecases as momentum
from services.scoring.statistics import repository as statistics
from shared.errors import NotFound
from shared.settings import Settings


def one(session: Session, customer_id: UUID, settings: Settings, now: datetime) -> tuple[Evidence, PurchaseModel]:
    """What is known of one canonical customer, and the model to predict from. Raises NotFound before anything is."""
    model, horizons = models.with_horizons(session)
    evidence = of(session, [customer_id], horizons, settings.zone, now)
    if not len(evidence):
        raise NotFound("Nothing is computed for this customer yet; ask again in a second.")
    return evidence, model


def purchases_of(
    session: Session, customer_id: UUID, settings: Settings, now: datetime
) -> tuple[Evidence, PurchaseModel]:
    """The same of the statistics alone: all that a prediction of purchases needs, in one statement."""
    people, columns, categories = repository.statistics(session, [customer_id], beyond=False)
    if not people:
        raise NotFound("Nothing is computed for this customer yet; ask again in a second.")
    model, horizons = models.with_horizons(session)
    return Evidence(people, now, settings.zone, columns, _told(horizons, columns, categories)), model


def of(session: Session, customer_ids: Sequence[UUID], horizons: Horizons, zone: ZoneInfo, now: datetime) -> Evidence:
    """What is known of canonical customers, in the order of their ids; who has no statistics yet is left out."""
    people, columns, categories = repository.statistics(session, customer_ids)
    return _with_lately(session, Evidence(people, now, zone, columns, _told(horizons, columns, categories)))


def of_file(session: Session, file: Row[Any], horizons: Horizons, zone: ZoneInfo, now: datetime) -> Evidence:
    """The same of one customer whose statistics were read already, with `numbers` and `facts` beside them."""
    columns = repository.columns([file.numbers], [file.facts], beyond=True)
    own = _told(horizons, columns, [file.statistics.main_category])
    return _with_lately(session, Evidence([file.canonical_id], now, zone, columns, own))


def under_promotions(session: Session, evidence: Evidence, periods: Sequence[Mapping[str, Any]]) -> Evidence:
    """The same if these were the periods of promotions."""
    found = statistics.promotion_shares(session, evidence.customer_ids, periods, str(evidence.zone))
    shares = np.array([found.get(one, np.nan) for one in evidence.customer_ids], dtype=np.float64)
    return replace(evidence, columns={**evidence.columns, "promotion_share": shares})


def _told(horizons: Horizons, columns: Mapping[str, Floats], categories: Sequence[str | None]) -> OwnHorizons:
    return horizons.told(columns["order_days"], columns["gap_median"], categories)


def _with_lately(session: Session, evidence: Evidence) -> Evidence:
    """The same with what the customers did lately."""
    days = evidence.horizons.days.astype(int).tolist()
    lately = momentum.of(session, evidence.customer_ids, days, evidence.zone, evidence.now)
    recent = {name: np.array(column, dtype=np.float64) for name, column in lately.items()}
    return replace(evidence, columns={**evidence.columns, **recent})
