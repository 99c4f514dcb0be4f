"""When a task may be due, and what a business day is. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.errors import FieldError, Invalid

LONGEST = timedelta(days=731)
DAY = timedelta(days=1)


def require_time(due_at: datetime, now: datetime, field: str = "due_at") -> None:
    """Raise Invalid for a time that is past, or more than two years away."""
    if due_at <= now:
        raise _refused(field, "too_old", "it must lie in the future")
    if due_at > now + LONGEST:
        raise _refused(field, "too_large", "it must lie within two years")


def end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """When the business day of an instant ends."""
    tomorrow = now.astimezone(zone).date() + DAY
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def escalates_at(due_at: datetime, hours: int) -> datetime:
    """When a task that nobody did is escalated."""
    return due_at + timedelta(hours=hours)


def escalated(priority: int) -> int:
    """The priority of a task once it was escalated: one step more urgent."""
    return max(1, priority - 1)


def _refused(field: str, code: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", errors=[FieldError(field, code, message)])
