"""Which times are free, and which way an appointment may go. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
NO_SHOW_AFTER = timedelta(minutes=60)
EARLY = timedelta(minutes=60)  # so long before it begins who comes may be checked in
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
# From which states a step is possible. Who was noted as missing may turn out to have been there.
STEPS: Mapping[str, tuple[str, ...]] = {
    "cancel": ("booked",),
    "reschedule": ("booked",),
    "check-in": ("booked", "no_show"),
    "no-show": ("booked",),
}


class Exceptions(NamedTuple):
    """Days off, and days worked as Monday."""

    off: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()


class Span(NamedTuple):
    """A stretch of time, its end excluded."""

    start: datetime
    end: datetime

    def meets(self, other: "Span") -> bool:
        """Whether both have an instant in common."""
        return self.start < other.end and other.start < self.end


def slots(
    weekly: Mapping[str, Any], days: Sequence[date], zone: ZoneInfo, minutes: int, exceptions: Exceptions
) -> Iterator[Span]:
    """The times of a week's hours on some days, one after the other from the beginning of each interval."""
    length = timedelta(minutes=minutes)
    for day in days:
        if day in exceptions.off:
            continue
        for opens, closes in weekly.get("mon" if day in exceptions.makeup else WEEKDAYS[day.weekday()], ()):
            start, end = _instant(day, opens, zone), _instant(day, closes, zone)
            while start + length <= end:
                yield Span(start, start + length)
                start += length


def days_between(window: Span, zone: ZoneInfo) -> list[date]:
    """The local days that a window touches."""
    first, last = window.start.astimezone(zone).date(), window.end.astimezone(zone).date()
    return [first + number * DAY for number in range((last - first).days + 1)]


def free(offered: Iterator[Span], taken: Sequence[Span], window: Span) -> list[Span]:
    """Of the times offered those that begin inside the window and that nothing takes."""
    inside = (one for one in offered if window.start <= one.start < window.end)
    return [one for one in inside if not any(one.meets(other) for other in taken)]


def bookable(now: datetime, lead_hours: int, days_ahead: int, asked: Span) -> Span:
    """The part of a window in which a service may be booked now; it may be empty."""
    earliest, latest = now + timedelta(hours=lead_hours), now + days_ahead * DAY
    start = max(asked.start, earliest)
    return Span(start, max(start, min(asked.end, latest)))


def length(minutes: int) -> timedelta:
    """How long an appointment takes."""
    return timedelta(minutes=minutes)


def changes_until(starts_at: datetime, cancel_hours: int) -> datetime:
    """Until when a customer may give an appointment back or move it."""
    return starts_at - timedelta(hours=cancel_hours)


def due_at(starts_at: datetime, ends_at: datetime, remind_hours: int | None, now: datetime) -> datetime:
    """When an appointment is looked at next: to remind while there is time for it, else to see who did not come."""
    remind_at = starts_at - timedelta(hours=remind_hours) if remind_hours else None
    return remind_at if remind_at and remind_at > now else ends_at + NO_SHOW_AFTER


def reminder(appointment_id: UUID, starts_at: datetime) -> str:
    """What the message that reminds of an appointment is known by: once for each time it is given."""
    return f"appointment:{appointment_id}:{starts_at.isoformat()}"


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
