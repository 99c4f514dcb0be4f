"""Spans of the calendar, and its cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.errors import FieldError, Invalid

Span = tuple[datetime, datetime]
Place = tuple[datetime, UUID]

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
LAST = UUID(int=2**128 - 1)
EARLIEST, LATEST = date(1971, 1, 1), date(2099, 12, 31)
LONGEST = timedelta(days=64)
YEAR = 366


def span_of(first: date, until: date, zone: ZoneInfo, *, days: int = YEAR) -> Span:
    """The instants of business days, `until` excluded.

    Raises Invalid for a span without a day or above `days`, and for days that no calendar of ours knows.
    """
    if not EARLIEST <= first <= LATEST:
        code, message = ("too_small" if first < EARLIEST else "too_large"), f"from must lie from {EARLIEST} to {LATEST}"
        raise Invalid(message, errors=[FieldError("from", code, message)])
    if not first < until <= first + days * DAY:
        code = "too_small" if until <= first else "too_large"
        message = f"to must lie 1 to {days} days after from"
        raise Invalid(message, errors=[FieldError("to", code, message)])
    midnights = [datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, until)]
    return midnights[0] - INSTANT, midnights[1] - INSTANT


def first_piece(span: Span) -> Span | None:
    """The first day of a span, so that a page needs no more than it shows."""
    return (span[0], min(span[0] + DAY, span[1])) if span[0] < span[1] else None


def next_piece(piece: Span, end: datetime, *, sparse: bool) -> Span | None:
    """The piece after one: a day again, twice as long after one that filled no page; None at the end."""
    length = min(2 * (piece[1] - piece[0]), LONGEST) if sparse else DAY
    return (piece[1], min(piece[1] + length, end)) if piece[1] < end else None


def behind(end: datetime) -> Place:
    """The place after all entries up to an instant."""
    return end, LAST


def cursor_of(place: Place) -> str:
    """The opaque form of the last entry's place."""
    return urlsafe_b64encode(f"{place[0].isoformat()}|{place[1]}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """The place that a cursor names; raises `cursor_invalid`."""
    try:
        at, _, identifier = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        place = datetime.fromisoformat(at), UUID(identifier)
    except ValueError:
        raise Invalid("The cursor was not made for this list.", code="cursor_invalid") from None
    if place[0].tzinfo is None or not EARLIEST.year <= place[0].year <= LATEST.year + 1:
        raise Invalid("The cursor was not made for this list.", code="cursor_invalid")
    return place
