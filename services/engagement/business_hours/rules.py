"""Working time: which spans are worked, how much of a span is, and when an amount of it is over. Pure.

A moment is worked when the clock on the wall shows a time within the hours of its day. So an hour that a change of the
clock repeats is worked twice, and one that it skips not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.engagement.business_hours.schemas import WEEKDAYS

Span = tuple[datetime, datetime]  # the second excluded
Stretch = tuple[datetime, datetime, timedelta]  # of one offset from UTC
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
HORIZON = timedelta(days=3_660)
MONDAY = 0


@dataclass(frozen=True)
class Hours:
    """The week's intervals as time since midnight, by weekday from Monday 0; days off, and days worked as Mondays."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[tuple[timedelta, timedelta]]] = field(default_factory=dict)
    off: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()

    @property
    def always(self) -> bool:
        """Whether there is no closing time at all."""
        return not any(self.weekly.values())

    def of(self, day: date) -> Sequence[tuple[timedelta, timedelta]]:
        """The intervals of a day."""
        if day in self.off:
            return ()
        return self.weekly.get(MONDAY if day in self.makeup else day.weekday(), ())


def weekly(intervals: Mapping[str, Sequence[Sequence[str]]]) -> dict[int, list[tuple[timedelta, timedelta]]]:
    """The hours of a week as they are stored, by weekday."""
    return {
        number: [(_since_midnight(begin), _since_midnight(end)) for begin, end in intervals.get(name, ())]
        for number, name in enumerate(WEEKDAYS)
    }


def worked(hours: Hours, begin: datetime, end: datetime) -> Iterator[Span]:
    """The worked spans between two instants, in order."""
    if hours.always:
        yield from [(begin, end)] * (begin < end)
        return
    for since, until, offset in _stretches(hours.zone, begin.astimezone(UTC), end.astimezone(UTC)):
        day, last = (since + offset).date(), (until + offset).date()
        while day <= last:
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
            for opens, closes in hours.of(day):
                span = max(since, midnight + opens), min(until, midnight + closes)
                if span[0] < span[1]:
                    yield span
            day += DAY


def spent(hours: Hours, begin: datetime, end: datetime) -> timedelta:
    """How much was worked between two instants."""
    return sum((until - since for since, until in worked(hours, begin, end)), timedelta())


def deadline(hours: Hours, begin: datetime, amount: timedelta, pauses: Sequence[Span] = ()) -> datetime | None:
    """When an amount of working time since `begin` is over, pauses left out; None if not within ten years.

    `pauses` follow one another.
    """
    left = amount
    for span in worked(hours, begin, begin + HORIZON):
        for since, until in _outside(span, pauses):
            if until - since >= left:
                return since + left
            left -= until - since
    return None


def _outside(span: Span, pauses: Sequence[Span]) -> Iterator[Span]:
    since, until = span
    for begin, end in pauses:
        if end > since and begin < until:
            if begin > since:
                yield since, begin
            since = max(since, end)
    if since < until:
        yield since, until


def _stretches(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[Stretch]:
    """The time between two instants in pieces of one offset; clocks change at most once a day, on a whole second."""
    while begin < end:
        until = min(end, begin + DAY)
        offset, later = _offset(zone, begin), _offset(zone, until)
        if offset != later:
            until = _change(zone, begin, until)
        yield begin, until, offset
        begin = until


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of the new offset between two instants of different ones."""
    offset, start, seconds = _offset(zone, before), before.replace(microsecond=0), 0
    high = int((after - start) / SECOND) + 1
    while high - seconds > 1:
        middle = (seconds + high) // 2
        if _offset(zone, start + middle * SECOND) == offset:
            seconds = middle
        else:
            high = middle
    return start + high * SECOND


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _since_midnight(mark: str) -> timedelta:
    hours, minutes = mark.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
