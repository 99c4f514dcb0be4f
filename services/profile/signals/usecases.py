"""Keeping what scoring and engagement said, as far as the timeline shows it or segments ask for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.profile.attention import usecases as attention
from services.profile.fields.schemas import Field
from services.profile.marks import usecases as marks
from services.profile.signals import repository
from services.profile.signals.fields import own_dimension
from shared.contracts.base import CustomerEvent, Origin
from shared.contracts.engagement import (
    ComplaintRecorded,
    MessageRecorded,
    SurveyAnswered,
    TaskRecorded,
    WinbackRecorded,
)
from shared.contracts.scoring import AssessmentChanged, SchemePublished, TierChanged, WarningClosed, WarningRaised


def note_assessments(session: Session, events: Sequence[AssessmentChanged], now: datetime) -> None:
    """Keep what customers are worth now, and the levels and classes that moved; the history of numbers is scoring's."""
    repository.add_level_changes(session, events)
    repository.keep_assessments(session, events)
    _mark(session, events, now)
    moved = {event.customer_id for event in events if any(one.name == "value_class" for one in event.changes)}
    attention.mark(session, moved, now)


def note_tiers(session: Session, events: Sequence[TierChanged], now: datetime) -> None:
    """Keep which tier a customer came to hold, and until when."""
    repository.add_tier_changes(session, events)
    repository.keep_tiers(session, events)
    _mark(session, events, now)
    attention.mark(session, {event.customer_id for event in events}, now)


def note_raised_warnings(session: Session, events: Sequence[WarningRaised], now: datetime) -> None:
    """Keep that a customer was about to leave, and why; what is at stake is scoring's."""
    repository.add_raised_warnings(session, events)
    _mark(session, events, now)


def note_closed_warnings(session: Session, events: Sequence[WarningClosed], now: datetime) -> None:
    """Keep what became of warnings."""
    repository.add_closed_warnings(session, events)
    _mark(session, events, now)


def note_messages(session: Session, events: Sequence[MessageRecorded], now: datetime) -> None:
    """Keep how far each message came."""
    repository.add_message_steps(session, events)
    _mark(session, events, now)


def note_answers(session: Session, events: Sequence[SurveyAnswered], now: datetime) -> None:
    """Keep what customers answered to surveys; their own words stay in engagement."""
    repository.keep_answers(session, events)
    _mark(session, events, now)


def note_winback(session: Session, events: Sequence[WinbackRecorded], now: datetime) -> None:
    """Keep how far each attempt to win a customer back came; no rule asks for it."""
    repository.add_winback_steps(session, events)


def note_schemes(session: Session, events: Sequence[SchemePublished], now: datetime) -> None:
    """Keep which dimensions rules may ask for; what customers reach in them comes with their assessments."""
    repository.keep_dimensions(session, events)


def dimensions(session: Session) -> list[Field]:
    """The declared dimensions as words of segment rules."""
    return [own_dimension(one["dimension"], one["titles"]) for one in repository.dimensions(session)]


def note_complaints(session: Session, events: Sequence[ComplaintRecorded], now: datetime) -> None:
    """Keep how far each complaint is; what was said stays in engagement."""
    repository.keep_complaints(session, events)
    _mark(session, events, now)


def note_tasks(session: Session, events: Sequence[TaskRecorded], now: datetime) -> None:
    """Keep which follow-ups there were and what they came to; no segment asks for them."""
    repository.add_task_steps(session, events)


def _mark(session: Session, events: Sequence[CustomerEvent], now: datetime) -> None:
    """Each customer is looked at again; of several origins a live one does not make the others news."""
    marks.mark(session, {event.customer_id: event.origin for event in sorted(events, key=_is_quiet)}, now)


def _is_quiet(event: CustomerEvent) -> bool:
    return event.origin is not Origin.LIVE
