"""Storing facts about taking part."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.scoring.facts import usecases as facts
from services.scoring.facts.loyalty.tables import BenefitFact, ParticipationFact, PointsFact, ReferralFact
from shared.contracts.engagement import BenefitRecorded, ParticipationRecorded, PointsChanged, ReferralRecorded


def record_points(session: Session, events: Sequence[PointsChanged], now: datetime) -> None:
    """Keep how each account stands."""
    facts.keep(session, PointsFact, events, now)


def record_referrals(session: Session, events: Sequence[ReferralRecorded], now: datetime) -> None:
    """Keep what became of each recommendation."""
    facts.keep(session, ReferralFact, events, now)


def record_participation(session: Session, events: Sequence[ParticipationRecorded], now: datetime) -> None:
    """Keep who took part in what."""
    facts.keep(session, ParticipationFact, events, now, kind=lambda one: one.participation_kind)


def record_benefits(session: Session, events: Sequence[BenefitRecorded], now: datetime) -> None:
    """Keep what was granted and used."""
    facts.keep(session, BenefitFact, events, now)
