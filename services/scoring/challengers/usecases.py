"""Scoring customers with the challengers that are in force."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.challengers import repository, rules
from services.scoring.challengers.rules import Challenger, Kind, Trained
from services.scoring.estimators.as_of import ArrivedLog, Features
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence
from services.scoring.models import usecases as models
from services.scoring.models.rules import Standards


def in_force(session: Session, kind: Kind, horizon_days: float, known: Standards | None = None) -> Challenger | None:
    """The challenger that counts for H; None where none is in force, or it was trained for another H."""
    challenger = _current(session, kind, known)
    return challenger if challenger is not None and challenger.horizon_days == horizon_days else None


def trained(session: Session, evidence: Evidence, known: Standards | None = None) -> Trained | None:
    """What the challenger in force says of each customer's churn within H; NaN of whose own H it was not trained for.

    None: no challenger is in force, or it says nothing of these customers, so the buy-till-you-die model answers.
    """
    challenger = _current(session, "churn", known)
    if challenger is None:
        return None
    about = np.flatnonzero(evidence.horizons.days == challenger.horizon_days)
    found, people = np.full(len(evidence), np.nan), [evidence.customer_ids[at] for at in about.tolist()]
    found[about] = scored(session, challenger, people, evidence.zone, evidence.now)
    return None if np.isnan(found).all() else Trained(found, f"L{challenger.level}")


def scored(
    session: Session, challenger: Challenger, customer_ids: Sequence[UUID], zone: ZoneInfo, now: datetime
) -> Floats:
    """What a challenger says of canonical customers, in the order of their ids; NaN for whom it says nothing."""
    answer = np.full(len(customer_ids), np.nan)
    found = features(session, challenger, customer_ids, zone, now)
    if found is not None:
        about = challenger.is_about(found)
        answer[found.summary.customer[about].astype(np.intp) - 1] = challenger.scores(found.table[about])
    return answer


def features(
    session: Session, challenger: Challenger, customer_ids: Sequence[UUID], zone: ZoneInfo, now: datetime
) -> Features | None:
    """Features of canonical customers as of now, by their place among the ids, from 1; None if nobody has bought."""
    log = repository.log_of(session, customer_ids, str(zone), now)
    return challenger.features(ArrivedLog.at_once(log), rules.today(now, zone)) if len(log.time) else None


def _current(session: Session, kind: Kind, known: Standards | None) -> Challenger | None:
    challenger = models.loaded(session, kind, Challenger.load, known)
    return challenger if challenger is not None and challenger.is_current else None
