"""Scoring's part in an erasure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.holdings import HOLDINGS
from services.scoring.statistics import repository as statistics
from shared import due, erasure
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.contracts.scoring import ScoringErased
from shared.messaging import outbox
from shared.messaging.republish import Selection

SERVICE = "scoring"


def erase(session: Session, events: Sequence[ErasureRequested], now: datetime) -> None:
    """Erase what is known of these ids and answer. Waits for whoever assesses them: nothing is written afterwards."""
    _take(session, events)
    answers = erasure.carry_out(session, SERVICE, HOLDINGS, events, now)
    outbox.add(session, [_told(answer) for answer in answers])


def finish(session: Session, events: Sequence[ErasureCompleted], now: datetime) -> None:
    """Erase what was written while the erasure was under way."""
    _take(session, events)
    erasure.finish(session, HOLDINGS, events)


def republished(session: Session, selection: Selection) -> Sequence[ScoringErased]:
    """One page of answers."""
    return [_told(answer) for answer in erasure.page(session, SERVICE, selection)]


def _take(session: Session, events: Sequence[ErasureRequested] | Sequence[ErasureCompleted]) -> None:
    """Be alone with these people; marks first, for whoever holds one may wait to be alone."""
    people = {event.customer_id for event in events}
    due.forget(session, people)
    statistics.alone(session, people)


def _told(answer: Mapping[Any, Any]) -> ScoringErased:
    return ScoringErased(**{name: value for name, value in answer.items() if name != "service"})
