"""Spans of the calendar, and its cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.errors import FieldError, Invalid

Span = tuple[datetime, datetime]
Place = tuple[datetime, UUID]

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
WHOLE = 31
ONE_PERSON = 366


def span_of(first: date, until: date, zone: ZoneInfo, *, days: int) -> Span:
    """The instants of business days, `until` excluded. Raises Invalid for a span without a day or above `days`."""
    if not first < until <= first + days * DAY:
        code = "too_small" if until <= first else "too_large"
        message = f"to must lie 1 to {days} days after from"
        raise Invalid(message, errors=[FieldError("to", code, message)])
    midnights = [datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, until)]
    return midnights[0] - INSTANT, midnights[1] - INSTANT


def pieces(span: Span) -> Iterator[Span]:
    """The span in pieces of a day, so that a page needs no more than it shows."""
    start = span[0]
    while start < span[1]:
        end = min(start + DAY, span[1])
        yield start, end
        start = end


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
    if place[0].tzinfo is None:
        raise Invalid("The cursor was not made for this list.", code="cursor_invalid")
    return place
