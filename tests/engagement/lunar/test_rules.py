"""The lunar calendar, held against a second library day by day for two centuries."""

from datetime import date, timedelta

import pytest
from borax.calendars.lunardate import LunarDate

from services.engagement.lunar.rules import LunarDay, lunar, months_by_number, solar

pytestmark = pytest.mark.capability("C-26")

DAY = timedelta(days=1)


def spans(days: list[date]) -> list[tuple[date, date]]:
    """Days that follow each other, as first and last."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def test_two_libraries_agree_from_1900_to_2100_but_for_two_months() -> None:
    """Ours is right in both: the new moon, worked out with the theory of the Moon in PyEphem 4.2 and reckoned with its
    own forecast of the Earth's rotation, falls on 2089-09-04 at 23:57:13 and on 2097-08-07 at 23:59:18 Beijing time,
    and a month begins on the day of its new moon (GB/T 33661). `borax` begins these two a day later. The second is 42
    seconds before midnight: an Earth that turns that much faster than forecast would prove the other library right.
    """
    first, last = date(1900, 1, 31), date(2100, 12, 31)
    differ = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        other = LunarDate.from_solar_date(day.year, day.month, day.day)
        if lunar(day) != (other.year, other.month, other.day, bool(other.leap)):
            differ.append(day)
    assert spans(differ) == [(date(2089, 9, 4), date(2089, 10, 3)), (date(2097, 8, 7), date(2097, 9, 5))]


def test_every_day_is_found_again() -> None:
    for year in range(1900, 2100):
        for month in months_by_number(year).values():
            for number in (1, 15, month.days):
                day = LunarDay(year, month.number, number, month.leap)
                assert lunar(solar(day)) == day


NAMES = ("spring", "dragon_boat", "mid_autumn", "qixi", "chongyang", "lantern")
FESTIVALS = dict(zip(NAMES, [(1, 1), (5, 5), (8, 15), (7, 7), (9, 9), (1, 15)], strict=True))


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2024, "02-10 06-10 09-17 08-10 10-11 02-24"),
        (2025, "01-29 05-31 10-06 08-29 10-29 02-12"),
        (2026, "02-17 06-19 09-25 08-19 10-18 03-03"),
        (2027, "02-06 06-09 09-15 08-08 10-08 02-20"),
        (2028, "01-26 05-28 10-03 08-26 10-26 02-09"),
        (2029, "02-13 06-16 09-22 08-16 10-16 02-27"),
        (2030, "02-03 06-05 09-12 08-05 10-05 02-17"),
    ],
)
def test_the_festivals_are_where_everybody_puts_them(year: int, days: str) -> None:
    found = {name: f"{solar(LunarDay(year, *on, False)):%m-%d}" for name, on in FESTIVALS.items()}
    assert found == dict(zip(NAMES, days.split(), strict=True))


def test_leap_months_are_known() -> None:
    known = {2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11, 2036: 6, 2039: 5}
    leaps = {
        year: month.number for year in range(2017, 2040) for month in months_by_number(year).values() if month.leap
    }
    assert leaps == known


def test_a_day_that_a_year_lacks_is_the_nearest_one_of_its_month() -> None:
    assert all((12, False) in months_by_number(year) for year in range(2024, 2029))
    assert [months_by_number(year)[12, False].days for year in (2024, 2025, 2026, 2027, 2028, 2029)] == [29] * 5 + [30]
    assert solar(LunarDay(2029, 12, 30, False)) == date(2030, 2, 2)
    assert solar(LunarDay(2024, 12, 30, False)) == solar(LunarDay(2024, 12, 29, False)) == date(2025, 1, 28)
    assert solar(LunarDay(2026, 6, 8, True)) == solar(LunarDay(2026, 6, 8, False))


def test_births_of_1978_that_other_calendars_get_wrong() -> None:
    assert lunar(date(1978, 9, 2)) == (1978, 7, 30, False)
    assert lunar(date(1978, 9, 3)) == (1978, 8, 1, False)
