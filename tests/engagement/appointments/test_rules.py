"""Free times: inside the hours of the week, never over what is taken, whatever the clock of the zone does."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.appointments.rules import Exceptions, Span, bookable, days_between, due_at, free, slots

pytestmark = pytest.mark.capability("C-28")
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
WEEK = {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
MONDAY = date(2026, 11, 30)
HOUR = timedelta(hours=1)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def local(spans: list[Span], zone: ZoneInfo) -> list[str]:
    return [one.start.astimezone(zone).strftime("%a %H:%M") for one in spans]


def test_the_times_of_a_day_follow_each_other_inside_its_intervals() -> None:
    found = local(list(slots(WEEK, [MONDAY], SHANGHAI, 60, Exceptions())), SHANGHAI)
    assert found == [f"Mon {clock}" for clock in ("09:00", "10:00", "11:00", "13:30", "14:30", "15:30", "16:30")]


def test_days_off_are_closed_and_make_up_days_are_as_monday() -> None:
    days = [MONDAY, MONDAY + 5 * timedelta(days=1)]
    exceptions = Exceptions(frozenset({MONDAY}), frozenset({days[1]}))
    assert local(list(slots(WEEK, days, SHANGHAI, 90, exceptions)), SHANGHAI)[:2] == ["Sat 09:00", "Sat 10:30"]


@pytest.mark.parametrize(("day", "count"), [(date(2027, 3, 28), 2), (date(2027, 10, 31), 4), (date(2027, 6, 6), 3)])
def test_an_hour_that_the_clock_skips_or_repeats_is_not_offered_or_offered_twice(day: date, count: int) -> None:
    found = list(slots({"sun": [["01:00", "04:00"]]}, [day], BERLIN, 60, Exceptions()))
    assert len(found) == count
    assert all(one.end - one.start == HOUR for one in found)


@given(DAYS, st.integers(5, 480), st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York")]))
def test_times_never_meet_and_lie_inside_the_hours(day: date, minutes: int, zone: ZoneInfo) -> None:
    found = list(slots(WEEK, [day], zone, minutes, Exceptions()))
    assert not any(one.meets(other) for one, other in pairwise(found))
    for one in found:
        clocks = (one.start.astimezone(zone).strftime("%H:%M"), one.end.astimezone(zone).strftime("%H:%M"))
        assert any(
            opens <= clocks[0] < clocks[1] <= closes for opens, closes in (("09:00", "12:00"), ("13:30", "18:00"))
        )


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 200)), max_size=6), DAYS)
def test_what_is_free_meets_nothing_that_is_taken(busy: list[tuple[int, int]], day: date) -> None:
    start = datetime.combine(day, datetime.min.time(), UTC)
    taken = [Span(start + timedelta(minutes=at), start + timedelta(minutes=at + long)) for at, long in busy]
    window = Span(start, start + timedelta(days=1))
    offered = list(slots(WEEK, days_between(window, SHANGHAI), SHANGHAI, 30, Exceptions()))
    left = free(iter(offered), taken, window)
    assert not any(one.meets(other) for one in left for other in taken)
    gone = [one for one in offered if one not in left and window.start <= one.start < window.end]
    assert all(any(one.meets(other) for other in taken) for one in gone)


def test_a_service_is_booked_not_too_late_and_not_too_far_ahead() -> None:
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    asked = Span(now - HOUR, now + 100 * timedelta(days=1))
    assert bookable(now, 2, 30, asked) == Span(now + 2 * HOUR, now + timedelta(days=30))
    past = bookable(now, 0, 30, Span(now - 3 * HOUR, now - HOUR))
    assert past.start == past.end


def test_a_reminder_comes_in_time_or_not_at_all() -> None:
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    starts_at, ends_at = now + 30 * HOUR, now + 31 * HOUR
    assert due_at(starts_at, ends_at, 24, now) == now + 6 * HOUR
    assert due_at(starts_at, ends_at, 48, now) == due_at(starts_at, ends_at, None, now) == now + 32 * HOUR
