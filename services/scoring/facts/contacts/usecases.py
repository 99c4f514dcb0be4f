"""Storing facts about contacts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.scoring.facts import usecases as facts
from services.scoring.facts.contacts.tables import (
    ComplaintFact,
    ConsentFact,
    InteractionFact,
    RequestFact,
    TaskFact,
)
from shared.contracts.engagement import ComplaintRecorded, InteractionRecorded, RequestRecorded, TaskRecorded
from shared.contracts.profile import ConsentRecorded


def record_interactions(session: Session, events: Sequence[InteractionRecorded], now: datetime) -> None:
    """Keep who spoke with whom, and how long."""
    facts.keep(session, InteractionFact, events, now)


def record_requests(session: Session, events: Sequence[RequestRecorded], now: datetime) -> None:
    """Keep how far each request is."""
    facts.keep(
        session, RequestFact, events, now, kind=lambda one: one.request_kind, breached=lambda one: len(one.breached)
    )


def record_complaints(session: Session, events: Sequence[ComplaintRecorded], now: datetime) -> None:
    """Keep how far each complaint is."""
    facts.keep(session, ComplaintFact, events, now, breached=lambda one: len(one.breached))


def record_tasks(session: Session, events: Sequence[TaskRecorded], now: datetime) -> None:
    """Keep what became of each follow-up."""
    facts.keep(session, TaskFact, events, now, kind=lambda one: one.task_kind)


def record_consents(session: Session, events: Sequence[ConsentRecorded], now: datetime) -> None:
    """Keep what each id agreed to."""
    facts.keep(session, ConsentFact, events, now)
