"""Storing facts about opinions."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from services.scoring.facts import usecases as facts
from services.scoring.facts.opinions.tables import FeedbackFact, ReviewFact, SurveyFact
from shared.contracts.engagement import FeedbackRecorded, ReviewRecorded, SurveyAnswered


def record_surveys(session: Session, events: Sequence[SurveyAnswered], now: datetime) -> None:
    """Keep what was answered."""
    facts.keep(session, SurveyFact, events, now)


def record_reviews(session: Session, events: Sequence[ReviewRecorded], now: datetime) -> None:
    """Keep how each review rates and whether it stands."""
    facts.keep(session, ReviewFact, events, now)


def record_feedback(session: Session, events: Sequence[FeedbackRecorded], now: datetime) -> None:
    """Keep the tone of what was said."""
    facts.keep(session, FeedbackFact, events, now, tone=lambda one: Decimal(str(one.tone)))
