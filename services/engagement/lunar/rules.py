"""Days of the lunar calendar, by the months of `lunar-python` (GB/T 33661: new moons and terms in Beijing time)."""

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from lunar_python import LunarYear, Solar


class LunarDay(NamedTuple):
    """A day of the lunar calendar; `leap` = in a leap month, which follows the ordinary one of the same number."""

    year: int
    month: int
    day: int
    leap: bool


class LunarMonth(NamedTuple):
    """A month of a lunar year: its first day in the solar calendar, and its length of 29 or 30."""

    number: int
    leap: bool
    first: date
    days: int


@cache
def months(year: int) -> tuple[LunarMonth, ...]:
    """The 12 or 13 months of a lunar year, in order."""
    return tuple(
        LunarMonth(abs(one.getMonth()), one.isLeap(), date(on.getYear(), on.getMonth(), on.getDay()), one.getDayCount())
        for one in LunarYear.fromYear(year).getMonths()
        if one.getYear() == year
        for on in [Solar.fromJulianDay(one.getFirstJulianDay())]
    )


@cache
def months_by_number(year: int) -> dict[tuple[int, bool], LunarMonth]:
    """The months of a lunar year by number and whether leap."""
    return {(month.number, month.leap): month for month in months(year)}


def lunar(day: date) -> LunarDay:
    """A day in the lunar calendar; the lunar year begins with the Spring Festival."""
    year = day.year if day >= months(day.year)[0].first else day.year - 1
    month = [one for one in months(year) if one.first <= day][-1]
    return LunarDay(year, month.number, (day - month.first).days + 1, month.leap)


def solar(day: LunarDay) -> date:
    """The solar day of a lunar one. A leap month that the year lacks is the ordinary one; a 30th that the month lacks
    is its 29th: nobody's birthday is lost, and none is put off to another month."""
    known = months_by_number(day.year)
    month = known.get((day.month, day.leap)) or known[day.month, False]
    return month.first + timedelta(days=min(day.day, month.days) - 1)
