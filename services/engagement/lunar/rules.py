"""Days of the lunar calendar.

The months are a table, a line a lunar year: its first day, its leap month (0: none), and for each month whether it has
30 days. `lunar-python` made it (new moons and terms in Beijing time, as GB/T 33661 says), and a test holds it to that.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

FIRST, LAST = 1900, 2100
SHORT = 29
TABLE = Path(__file__).with_name("months.txt").read_text(encoding="ascii").splitlines()


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
    first_day, leap_of, lengths = TABLE[year - FIRST].split()
    first, leap, found = date.fromisoformat(first_day), int(leap_of), []
    for place, length in enumerate(lengths, start=1):
        number = place - 1 if leap and place > leap else place
        found.append(LunarMonth(number, bool(leap) and place == leap + 1, first, SHORT + int(length)))
        first += timedelta(days=found[-1].days)
    return tuple(found)


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
