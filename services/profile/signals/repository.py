"""Statements about what other services said."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.signals.tables import (
    Assessment,
    ComplaintCase,
    LevelChange,
    MessageStep,
    OwnDimensions,
    SurveyAnswer,
    TaskStep,
    Tier,
    TierChange,
    WarningStep,
    WinbackStep,
)
from shared import linking
from shared.contracts.engagement import (
    ComplaintRecorded,
    MessageRecorded,
    SurveyAnswered,
    TaskRecorded,
    WinbackRecorded,
)
from shared.contracts.scoring import AssessmentChanged, SchemePublished, TierChanged, WarningClosed, WarningRaised
from shared.db import NEWER, NOTHING, put

SCORES = ("value_class", "composite", "lifecycle", "cluster", "clv_12m", "expected_orders_90d")


def keep_assessments(session: Session, events: Sequence[AssessmentChanged]) -> None:
    """Keep the newest assessment of each customer."""
    put(session, Assessment, [_assessment(event) for event in events], on_conflict=NEWER)


def keep_dimensions(session: Session, events: Sequence[SchemePublished]) -> None:
    """Keep which dimensions are declared by the newest scheme of dimensions."""
    rows = [
        {"kind": one.scheme_kind, "version": one.version}
        | {"dimensions": [declared.model_dump(mode="json") for declared in one.dimensions]}
        for one in events
        if one.scheme_kind == "dimensions"
    ]
    put(session, OwnDimensions, rows, on_conflict=NEWER)


def dimensions(session: Session) -> list[Mapping[str, Any]]:
    """The declared dimensions, each with its titles."""
    return session.scalar(select(OwnDimensions.dimensions)) or []


def keep_tiers(session: Session, events: Sequence[TierChanged]) -> None:
    """Keep the newest tier of each customer."""
    fields = ("customer_id", "version", "tier", "valid_until")
    put(session, Tier, [{name: getattr(event, name) for name in fields} for event in events], on_conflict=NEWER)


def add_level_changes(session: Session, events: Sequence[AssessmentChanged]) -> None:
    """Store the changes of each version once."""
    linking.ensure(session, {event.customer_id for event in events})
    rows = [
        {"customer_id": event.customer_id, "version": event.version, "name": change.name}
        | {"before": change.before, "after": change.after, "at": event.occurred_at}
        for event in events
        for change in event.changes
    ]
    put(session, LevelChange, rows, on_conflict=NOTHING)


def add_tier_changes(session: Session, events: Sequence[TierChanged]) -> None:
    """Store each version once."""
    linking.ensure(session, {event.customer_id for event in events})
    same = ("customer_id", "version", "tier", "previous", "cause", "valid_until")
    rows = [{name: getattr(event, name) for name in same} | {"at": event.occurred_at} for event in events]
    put(session, TierChange, rows, on_conflict=NOTHING)


def add_raised_warnings(session: Session, events: Sequence[WarningRaised]) -> None:
    """Store each warning once, with its reasons."""
    _add_warning_steps(session, events, "raised", [{"reasons": event.reasons} for event in events])


def add_closed_warnings(session: Session, events: Sequence[WarningClosed]) -> None:
    """Store the end of each warning once, with its outcome."""
    _add_warning_steps(session, events, "closed", [{"outcome": event.outcome} for event in events])


def _add_warning_steps(
    session: Session,
    events: Sequence[WarningRaised | WarningClosed],
    step: str,
    values: Sequence[Mapping[str, Any]],
) -> None:
    linking.ensure(session, {event.customer_id for event in events})
    rows = [
        {"warning_id": event.warning_id, "step": step, "customer_id": event.customer_id}
        | {"values": one, "at": event.occurred_at}
        for event, one in zip(events, values, strict=True)
    ]
    put(session, WarningStep, rows, on_conflict=NOTHING)


def add_message_steps(session: Session, events: Sequence[MessageRecorded]) -> None:
    """Store each step a message reached, as its newest version tells it."""
    linking.ensure(session, {event.customer_id for event in events})
    rows = [
        {"message_id": event.message_id, "status": event.status, "customer_id": event.customer_id}
        | {"channel": event.channel, "purpose": event.purpose, "template": event.template}
        | {"version": event.version, "at": event.occurred_at}
        for event in events
    ]
    put(session, MessageStep, rows, on_conflict=NEWER)


def add_winback_steps(session: Session, events: Sequence[WinbackRecorded]) -> None:
    """Store each step a case reached, as its newest version tells it."""
    linking.ensure(session, {event.customer_id for event in events})
    same = ("case_id", "status", "customer_id", "warning_id", "reason", "version")
    rows = [{name: getattr(event, name) for name in same} | {"at": event.occurred_at} for event in events]
    put(session, WinbackStep, rows, on_conflict=NEWER)


def keep_answers(session: Session, events: Sequence[SurveyAnswered]) -> None:
    """Store each answered survey."""
    linking.ensure(session, {event.customer_id for event in events})
    same = ("response_id", "customer_id", "survey_id", "trigger", "nps", "csat", "ratings", "order_id", "version")
    rows = [{name: getattr(event, name) for name in same} | {"at": event.answered_at} for event in events]
    put(session, SurveyAnswer, rows, on_conflict=NEWER)


def keep_complaints(session: Session, events: Sequence[ComplaintRecorded]) -> None:
    """Keep how far each complaint is."""
    linking.ensure(session, {event.customer_id for event in events})
    names = [column.name for column in ComplaintCase.__table__.columns]
    rows = [{name: getattr(event, name) for name in names} for event in events]
    put(session, ComplaintCase, rows, on_conflict=NEWER)


def add_task_steps(session: Session, events: Sequence[TaskRecorded]) -> None:
    """Store each status that a task came to, as its newest version tells it."""
    linking.ensure(session, {event.customer_id for event in events})
    same = ("task_id", "status", "customer_id", "owner_id", "due_at", "outcome", "version")
    rows = [
        {name: getattr(event, name) for name in same} | {"kind": event.task_kind, "at": event.occurred_at}
        for event in events
    ]
    put(session, TaskStep, rows, on_conflict=NEWER)


def _assessment(event: AssessmentChanged) -> dict[str, Any]:
    rfm = event.rfm
    return {
        "customer_id": event.customer_id,
        "version": event.version,
        "rfm_r": rfm and rfm.r,
        "rfm_f": rfm and rfm.f,
        "rfm_m": rfm and rfm.m,
        "rfm_class": rfm and rfm.rfm_class,
        "dimensions": {name: one.level for name, one in event.dimensions.items()},
        "criteria": dict(event.criteria),
        **{name: getattr(event, name) for name in (*SCORES, "churn_probability", "method")},
    }
