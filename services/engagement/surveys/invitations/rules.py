"""Which facts ask for an invitation, who is in a sample, and when to remind. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.engagement.surveys.invitations.tables import MESSAGE, SurveyInvitation
from services.engagement.surveys.tables import Survey
from shared.contracts.base import Origin
from shared.contracts.profile import OrderRecorded

DAY = timedelta(days=1)
FRESH = timedelta(hours=48)
LATER = timedelta(minutes=15)
IN_THE_MORNING = time(10)
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a due invitation: ask or remind now, look again at `at`, or let it end with a reason."""

    do: Literal["ask", "remind", "wait", "failed", "expired"]
    reason: str | None = None
    at: datetime | None = None


def counts(survey: Survey, event: OrderRecorded, now: datetime) -> bool:
    """Whether an order event asks for an invitation: live, fresh, delivered, stored since the survey is live."""
    return (
        event.origin is Origin.LIVE
        and not event.test
        and event.status == "delivered"
        and survey.live_since is not None
        and event.recorded_at >= survey.live_since
        and event.occurred_at > now - FRESH
        and delivered_at(event) > now - FRESH
        and drawn(survey.survey_id, event.order_id, survey.trigger["sample"])
    )


def delivered_at(event: OrderRecorded) -> datetime:
    """When the order was delivered, as far as the shop says."""
    return event.delivered_at or event.occurred_at


def drawn(survey_id: UUID, subject: UUID, share: float) -> bool:
    """Whether a subject is in a survey's sample, the same answer always."""
    return _fraction(f"{survey_id}:{subject}") < share


def turn(survey_id: UUID, customer_id: UUID, every_days: int) -> int:
    """On which day of each round of so many days a customer is asked."""
    return int(_fraction(f"turn:{survey_id}:{customer_id}") * every_days)


def is_turn(survey: Survey, customer_id: UUID, day: date) -> bool:
    """Whether a periodic survey asks a customer on a day."""
    every = survey.trigger["every_days"]
    asked = turn(survey.survey_id, customer_id, every) == (day - EPOCH).days % every
    return asked and drawn(survey.survey_id, customer_id, survey.trigger["sample"])


def morning(day: date, zone: ZoneInfo) -> datetime:
    """Ten o'clock of a day in a zone."""
    return datetime.combine(day, IN_THE_MORNING, zone).astimezone(UTC)


def judge(survey: Survey, invitation: SurveyInvitation, status: str | None, now: datetime) -> Verdict:
    """What becomes of an invitation that is due, by the status of the order or the complaint that it is about.

    Audience and cool-down are looked at beside.
    """
    if survey.status == "closed":
        return Verdict("expired" if invitation.sent_at else "failed", "survey_closed")
    if invitation.asked_at is None:
        return _asking(survey, invitation, status, now)
    if invitation.valid_until is not None and invitation.valid_until <= now:
        return Verdict("expired", "unanswered" if invitation.sent_at else "unsent")
    if survey.status == "paused":
        return Verdict("wait", at=now + LATER)
    if invitation.reminders >= len(survey.reminder_days):
        return Verdict("wait", at=invitation.valid_until)
    return Verdict("remind")


def _asking(survey: Survey, invitation: SurveyInvitation, status: str | None, now: datetime) -> Verdict:
    if now - invitation.happens_at > FRESH:
        return Verdict("expired", "stale")
    if survey.status == "paused":
        return Verdict("wait", at=now + LATER)
    if invitation.order_id is not None and status != "delivered":
        return Verdict("failed", f"order_{status or 'unknown'}")
    if invitation.complaint_id is not None and status != "closed":
        return Verdict("failed", f"complaint_{status or 'unknown'}")
    return Verdict("ask")


def next_look(survey: Survey, invitation: SurveyInvitation) -> datetime | None:
    """When a sent invitation is looked at next: at the reminder that comes next, or when it ends."""
    asked, until = invitation.asked_at, invitation.valid_until
    if asked is None or until is None:
        return None
    days: Sequence[int] = survey.reminder_days[invitation.reminders :]
    return min(asked + days[0] * DAY, until) if days else until


def message(invitation_id: UUID, number: int) -> str:
    """What the message that invites, number 0, and those that remind are known by."""
    return MESSAGE % (invitation_id, number)


def _fraction(text: str) -> float:
    return int.from_bytes(sha256(text.encode()).digest()[:7]) / 2**56
