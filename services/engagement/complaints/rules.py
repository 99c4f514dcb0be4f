"""Which way a complaint may go. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.engagement.complaints.schemas import OPEN, Status, Verb
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
