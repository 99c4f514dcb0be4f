"""Storing facts about sales that may come about."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from services.scoring.facts import usecases as facts
from services.scoring.facts.sales.tables import NeedFact, OpportunityFact, WinbackFact
from shared.contracts.engagement import NeedRecorded, OpportunityRecorded, WinbackRecorded


def record_opportunities(session: Session, events: Sequence[OpportunityRecorded], now: datetime) -> None:
    """Keep how likely each sale is."""
    facts.keep(session, OpportunityFact, events, now, probability=lambda one: Decimal(str(one.probability)))


def record_needs(session: Session, events: Sequence[NeedRecorded], now: datetime) -> None:
    """Keep what is needed and whether it was met."""
    facts.keep(session, NeedFact, events, now, topic=lambda one: one.need_topic)


def record_winbacks(session: Session, events: Sequence[WinbackRecorded], now: datetime) -> None:
    """Keep what became of each case."""
    facts.keep(session, WinbackFact, events, now)
