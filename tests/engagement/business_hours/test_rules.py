"""Working time, held against a walk minute by minute, over changes of the clock, holidays and make-up days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.business_hours.rules import Hours, Span, deadline, spent, weekly

pytestmark = pytest.mark.capability("C-30")

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# With the instants around which clocks change: by an hour, by half an hour, at midnight, and never.
ZONES = {
    "Asia/Shanghai": datetime(2026, 2, 13, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 10, 24, tzinfo=UTC),
    "America/New_York": datetime(2026, 3, 7, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, tzinfo=UTC),
    "America/Santiago": datetime(2026, 9, 5, tzinfo=UTC),
    "Africa/Cairo": datetime(2026, 4, 23, tzinfo=UTC),
}
OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)


@st.composite
def intervals(draw: st.DrawFn) -> list[tuple[timedelta, timedelta]]:
    marks = sorted(draw(st.lists(st.integers(0, 1_440), max_size=6, unique=True)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return [(begin * MINUTE, end * MINUTE) for begin, end in pairs]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Business hours, and a moment shortly before the clocks change there."""
    zone = draw(st.sampled_from(sorted(ZONES)))
    begin = ZONES[zone] + draw(st.integers(-1_440, 1_440)) * MINUTE
    days = st.sets(st.integers(-1, 9).map(lambda number: (begin + number * DAY).date()), max_size=4)
    week = {number: draw(intervals()) for number in range(7)}
    return Hours(ZoneInfo(zone), week, frozenset(draw(days)), frozenset(draw(days))), begin


@st.composite
def pauses(draw: st.DrawFn, begin: datetime) -> list[Span]:
    marks = sorted(draw(st.lists(st.integers(-600, 8_000), max_size=6, unique=True)))
    return [
        (begin + since * MINUTE, begin + until * MINUTE) for since, until in zip(marks[::2], marks[1::2], strict=False)
    ]


def is_worked(hours: Hours, at: datetime) -> bool:
    if hours.always:
        return True
    wall = at.astimezone(hours.zone)
    clock = timedelta(hours=wall.hour, minutes=wall.minute)
    return any(begin <= clock < end for begin, end in hours.of(wall.date()))


def walk(hours: Hours, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The worked minutes, by looking at the clock on the wall at each of them."""
    at = begin
    while at < end:
        if is_worked(hours, at):
            yield at
        at += MINUTE


@given(worlds(), st.integers(0, 9_000))
def test_time_is_spent_as_a_walk_minute_by_minute_counts_it(world: tuple[Hours, datetime], length: int) -> None:
    hours, begin = world
    end = begin + length * MINUTE
    assert spent(hours, begin, end) == sum(1 for _ in walk(hours, begin, end)) * MINUTE


@given(worlds(), st.integers(1, 4_000), st.data())
def test_a_deadline_is_where_a_walk_minute_by_minute_ends(
    world: tuple[Hours, datetime], minutes: int, data: st.DataObject
) -> None:
    hours, begin = world
    breaks = data.draw(pauses(begin))
    end, left, expected = begin + 7 * DAY, minutes, None
    for at in walk(hours, begin, end):
        if not any(since <= at < until for since, until in breaks):
            left -= 1
        if not left:
            expected = at + MINUTE
            break
    found = deadline(hours, begin, minutes * MINUTE, breaks)
    assert found == expected if expected is not None else found is None or found > end


@given(worlds(), st.integers(1, 4_000).map(lambda seconds: timedelta(seconds=seconds, microseconds=seconds)))
def test_what_is_spent_until_a_deadline_is_the_amount(world: tuple[Hours, datetime], amount: timedelta) -> None:
    hours, begin = world
    end = deadline(hours, begin, amount)
    assert end is None or spent(hours, begin, end) == amount


@pytest.mark.parametrize(
    ("begin", "minutes", "end"),
    [
        ("2026-11-27 17:00", 240, "2026-11-30 12:00"),  # Friday to Monday
        ("2026-11-27 17:00", 241, "2026-11-30 13:31"),
        ("2026-11-28 10:00", 60, "2026-11-30 10:00"),  # a Saturday
        ("2026-11-25 12:30", 30, "2026-11-25 14:00"),
        ("2026-02-13 17:00", 120, "2026-02-14 10:00"),  # that Saturday makes up for a holiday
        ("2026-02-14 17:00", 120, "2026-02-24 10:00"),  # over Spring Festival
    ],
)
def test_deadlines_of_a_chinese_office(begin: str, minutes: int, end: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    festival = frozenset(date(2026, 2, 15) + number * DAY for number in range(9))
    hours = Hours(zone, weekly(WEEK), festival, frozenset({date(2026, 2, 14)}))
    since, until = (datetime.fromisoformat(one).replace(tzinfo=zone) for one in (begin, end))
    assert deadline(hours, since, minutes * MINUTE) == until


@pytest.mark.parametrize(
    ("day", "worked"), [("2026-10-25", 4), ("2026-03-29", 2), ("2026-10-26", 3)], ids=["repeated", "skipped", "usual"]
)
def test_an_hour_that_is_repeated_is_worked_twice_and_one_that_is_skipped_not_at_all(day: str, worked: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    night = Hours(zone, weekly({name: [["01:00", "04:00"]] for name in ("mon", "sun")}))
    begin = datetime.fromisoformat(day).replace(tzinfo=zone).astimezone(UTC)
    assert spent(night, begin, begin + 20 * timedelta(hours=1)) == timedelta(hours=worked)


@pytest.mark.parametrize("week", [{}, {"mon": []}])
def test_without_any_interval_it_is_always_open(week: dict[str, Any]) -> None:
    hours = Hours(ZoneInfo("Asia/Shanghai"), weekly(week), off=frozenset({date(2026, 11, 25)}))
    begin = datetime(2026, 11, 25, tzinfo=UTC)
    assert deadline(hours, begin, 90 * MINUTE) == begin + 90 * MINUTE


def test_a_deadline_that_never_comes_is_none() -> None:
    begin = datetime(2026, 11, 25, tzinfo=UTC)
    mondays = frozenset(begin.date() + number * DAY for number in range(4_000))
    assert deadline(Hours(ZoneInfo("UTC"), weekly({"mon": OFFICE}), off=mondays), begin, MINUTE) is None
