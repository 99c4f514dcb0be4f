"""Letting things happen to complaints."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.engagement.alerts import usecases as alerts
from services.engagement.complaints import repository
from services.engagement.complaints.rules import escalation, is_to_be_seen_to, opening
from services.engagement.complaints.steps import rules
from services.engagement.complaints.steps.schemas import Step, Taken
from services.engagement.complaints.tables import Complaint, ComplaintStep
from services.engagement.slas import usecases as slas
from services.engagement.slas.rules import Happening
from services.engagement.tasks import usecases as tasks
from shared.contracts.engagement import ComplaintRecorded
from shared.db import put
from shared.messaging import outbox
from shared.messaging.republish import Selection

ENDS: tuple[Happening, ...] = ("resolved", "stopped", "dropped", "decided")  # nobody may have to see to it any more


def take(session: Session, complaint: Complaint, step: Step) -> Complaint:
    """Let something happen to a complaint, held locked, whose columns show it already."""
    standing = None
    if step.signal is not None:
        said, deadline = (step.signal, step.at, step.promised), step.deadline
        standing = slas.tell(session, complaint.complaint_id, *said, deadline=deadline)
    take_all(session, [Taken(complaint, step, standing)], step.at)
    return complaint


def take_all(session: Session, taken: Sequence[Taken], now: datetime) -> None:
    """Store steps and what the clocks say, each as the next version, and tell of it. Without news nothing is told."""
    rows, events = [], []
    for one in taken:
        steps = [
            *([one.step] if one.step else []),
            *(rules.heeded(one.complaint, one.standing) if one.standing else []),
        ]
        if steps:
            one.complaint.version += 1
            one.complaint.updated_at = now
            rows += [rules.row(one.complaint, step) for step in steps]
            events.append(rules.event(one.complaint, list(dict.fromkeys(step.verb for step in steps))))
    _escalate(session, taken, now)
    ended = [one.complaint for one in taken if one.step and one.step.signal in ENDS]
    tasks.end_of_cases(session, {one.complaint_id: now for one in ended if not is_to_be_seen_to(one)}, now)
    put(session, ComplaintStep, rows)
    outbox.add(session, events)
    session.flush()


def republished(session: Session, selection: Selection) -> Sequence[ComplaintRecorded]:
    """A page of what was told."""
    return [rules.event(complaint, []) for complaint in repository.told(session, selection)]


def _escalate(session: Session, taken: Sequence[Taken], now: datetime) -> None:
    """Have somebody see to each clock that reached a level, and staff told of it."""
    standing = [(one.complaint, one.standing.news) for one in taken if one.standing]
    reached = [(complaint, one) for complaint, news in standing for one in news if one.percent]
    tasks.open_all(session, [opening(complaint, one, now) for complaint, one in reached], now)
    alerts.raise_all(session, [escalation(complaint, one) for complaint, one in reached], now)
