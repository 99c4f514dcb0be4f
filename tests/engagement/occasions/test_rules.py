"""Which day is whose occasion: births of both calendars, anniversaries, regular visits, in every zone and leap year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.engagement.lunar.rules import lunar
from services.engagement.occasions.rules import (
    Birth,
    anniversary,
    births_on,
    celebrated_on,
    days_between,
    follow_up,
    happens_at,
    instant,
    registrations,
)

pytestmark = pytest.mark.capability("C-26")

NAMES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC")
ZONES = st.sampled_from([ZoneInfo(name) for name in NAMES])
DAYS = st.dates(date(1950, 1, 1), date(2095, 12, 31))
CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")
OCCASIONS = st.fixed_dictionaries(
    {"leap_day": st.sampled_from(["02-28", "03-01"]), "leap_month": st.sampled_from(["leap", "ordinary"])}
)
LUNAR = [Birth("lunar", month, day, leap) for month in range(1, 13) for day in range(1, 31) for leap in (False, True)]


@pytest.mark.parametrize(
    ("year", "leap_day", "day"),
    [
        (2028, "02-28", "2028-02-29"),
        (2026, "02-28", "2026-02-28"),
        (2026, "03-01", "2026-03-01"),
        (2100, "03-01", "2100-03-01"),
    ],
)
def test_the_29th_of_february_goes_where_the_rule_says(year: int, leap_day: str, day: str) -> None:
    birth = Birth("solar", 2, 29, leap=False)
    assert celebrated_on(birth, year, {"leap_day": leap_day}) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("year", "leap_month", "day"),
    [(2025, "leap", "2025-08-01"), (2025, "ordinary", "2025-07-02"), (2026, "leap", "2026-07-21")],
)
def test_a_birth_of_a_leap_month_goes_where_the_rule_says(year: int, leap_month: str, day: str) -> None:
    birth = Birth("lunar", 6, 8, leap=True)
    assert celebrated_on(birth, year, {"leap_day": "02-28", "leap_month": leap_month}) == date.fromisoformat(day)


@given(DAYS, OCCASIONS)
def test_a_birth_is_celebrated_on_exactly_the_days_that_name_it(day: date, occasion: dict[str, str]) -> None:
    births = births_on(day, occasion)
    for birth, key in births.items():
        year = lunar(day).year if birth.calendar == "lunar" else day.year
        assert (celebrated_on(birth, year, occasion), key) == (day, f"birthday:{year}")
    assert Birth("solar", day.month, day.day, leap=False) in births


@given(st.integers(1950, 2094), OCCASIONS)
@settings(max_examples=8)
def test_every_birth_is_celebrated_once_a_year_of_its_calendar(year: int, occasion: dict[str, str]) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366 + 60)]
    named = [(birth, key) for day in days for birth, key in births_on(day, occasion).items()]
    keys = [birth for birth, key in named if birth.calendar == "lunar" and key == f"birthday:{year}"]
    assert sorted(keys) == sorted(LUNAR)
    solar = [birth for birth, key in named if birth.calendar == "solar" and key == f"birthday:{year}"]
    assert len(solar) == len(set(solar)) == 366


@given(st.datetimes(datetime(1980, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)), DAYS, ZONES)  # noqa: DTZ001
def test_whoever_has_an_anniversary_registered_in_the_span_looked_at(at: datetime, day: date, zone: ZoneInfo) -> None:
    on = at.astimezone(zone).date()
    same = day.replace(month=on.month, day=min(on.day, 28), year=max(day.year, on.year + 1))
    looked = [same + timedelta(days=number) for number in range(-2, 3)]
    for one in looked:
        if found := anniversary(on, one, "02-28"):
            assert any(start <= at < end for start, end in registrations(looked, one.year - on.year))
            assert found.key == f"anniversary:{one.year - on.year}"


def test_a_regular_visit_is_every_so_many_days() -> None:
    since = date(2026, 1, 1)
    visits = [day for number in range(200) if follow_up(since, day := since + timedelta(days=number), 90)]
    assert visits == [date(2026, 4, 1), date(2026, 6, 30)]


@given(DAYS, CLOCKS, ZONES, st.integers(-10, 10))
def test_an_occasion_is_at_its_wall_time_in_the_customers_zone(day: date, clock: str, zone: ZoneInfo, off: int) -> None:
    at = happens_at({"offset_days": off}, clock, day, zone).astimezone(zone)
    assert at.date() == day + timedelta(days=off)
    skipped = at.time() != time.fromisoformat(clock)
    assert not skipped or at.replace(tzinfo=None) - datetime.combine(at.date(), time.fromisoformat(clock)) <= timedelta(
        hours=1
    )


@given(DAYS, CLOCKS, ZONES, st.integers(-10, 10), st.integers(0, 48 * 60))
def test_no_zone_on_earth_is_missed_by_the_days_looked_at(
    day: date, clock: str, zone: ZoneInfo, off: int, before: int
) -> None:
    at = instant(day + timedelta(days=off), clock, zone)
    start = at - timedelta(minutes=before + 1)
    assert day in days_between(start, start + timedelta(hours=48), off) or before + 1 > 48 * 60
