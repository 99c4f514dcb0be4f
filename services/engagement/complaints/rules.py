"""Which way a complaint may go, and whom it calls when a clock reaches a level. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.engagement.alerts.schemas import Escalation
from services.engagement.complaints.schemas import OPEN, UNDER_WAY, Dispute, Status, Verb
from services.engagement.complaints.tables import Complaint
from services.engagement.slas.rules import Happening
from services.engagement.slas.schemas import News
from services.engagement.tasks.schemas import Opening
from shared.errors import Conflict

# From which states a verb is allowed, and where it leads; None: the state stays.
STEPS: Mapping[Verb, tuple[tuple[Status, ...], Status | None]] = {
    "assign": (OPEN, None),
    "start": (("assigned", "waiting_customer"), "in_progress"),
    "wait": (("in_progress",), "waiting_customer"),
    "resolve": (OPEN, "resolved"),
    "close": (("resolved",), "closed"),
    "reopen": (("resolved", "closed"), "in_progress"),
    "reject": (OPEN, "rejected"),
    "withdraw": (OPEN, "withdrawn"),
    "merge": (OPEN, "duplicate"),
}
ELSEWHERE = ("duplicate", "withdrawn")  # its dispute ends, too


class Disputable(Protocol):
    """What the dispute of a complaint is known by."""

    status: str
    dispute_body: str | None
    dispute_deadline: datetime | None
    dispute_outcome: str | None


def after(status: Status, verb: Verb) -> Status:
    """The state that a verb leads to. Raises `invalid_transition` where it is not allowed."""
    allowed, leads_to = STEPS[verb]
    if status not in allowed:
        raise Conflict(
            f"A complaint that is {status} cannot do that; it must be {' or '.join(allowed)}.",
            code="invalid_transition",
        )
    if verb == "assign" and status == "new":
        return "assigned"
    return leads_to or status


def require_reopenable(ended_at: datetime | None, days: int, now: datetime) -> None:
    """Raise `invalid_transition` for a complaint that ended too long ago."""
    if ended_at is not None and now > ended_at + timedelta(days=days):
        raise Conflict(
            f"It ended more than {days} days ago: open a new complaint.",
            code="invalid_transition",
        )


def is_disputed(complaint: Disputable) -> bool:
    """Whether an outside body has it and has not decided."""
    open_ = complaint.dispute_body is not None and complaint.dispute_outcome is None
    return open_ and complaint.status not in ELSEWHERE


def is_watched(complaint: Disputable) -> bool:
    """Whether its clocks are heeded: until it is ended, and until an outside body that set a deadline has decided."""
    return complaint.status in UNDER_WAY or _has_deadline(complaint)


def is_to_be_seen_to(complaint: Disputable) -> bool:
    """Whether somebody still has to do something about it."""
    return complaint.status in OPEN or _has_deadline(complaint)


def heard(complaint: Disputable, said: Dispute) -> Happening | None:
    """What it means for the clocks when this is said of the dispute; None: nothing new."""
    if said.outcome is not None:
        return "decided" if is_disputed(complaint) else None
    before = complaint.dispute_deadline if is_disputed(complaint) else None
    return "disputed" if said.deadline != before else None


def _has_deadline(complaint: Disputable) -> bool:
    return is_disputed(complaint) and complaint.dispute_deadline is not None


def opening(complaint: Complaint, news: News, now: datetime) -> Opening:
    """The task of seeing to a clock that reached a level."""
    return Opening(
        customer_id=complaint.customer_id,
        kind="other",
        cause="complaint",
        key=_key(complaint, news),
        due_at=now,
        opened_at=now,
        priority=complaint.severity,
        facts=_facts(complaint, news),
        case_id=complaint.complaint_id,
    )


def escalation(complaint: Complaint, news: News) -> Escalation:
    """What staff are told of it."""
    return Escalation(
        key=_key(complaint, news),
        cause="complaint_escalated",
        subject_id=complaint.complaint_id,
        to="owner" if news.to == "owner" else "lead",
        at=news.at,
        facts=_facts(complaint, news),
    )


def _key(complaint: Complaint, news: News) -> str:
    return f"complaint:{complaint.complaint_id}:{news.metric}:{news.cycle}:{news.percent}"


def _facts(complaint: Complaint, news: News) -> dict[str, Any]:
    about = {"number": complaint.number, "severity": complaint.severity, "category": complaint.category}
    return about | {"metric": news.metric, "percent": news.percent, "to": news.to}
