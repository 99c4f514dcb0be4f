"""Which day is whose occasion. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.engagement.lunar.rules import LunarDay, lunar, solar

DAY = timedelta(days=1)
# No zone is further from UTC than this.
FURTHEST = timedelta(hours=14)


class Birth(NamedTuple):
    """A day of birth without its year; `leap` = in a leap month."""

    calendar: str
    month: int
    day: int
    leap: bool


class Celebrated(NamedTuple):
    """The day of an occasion, and the key under which it happens once for ever."""

    day: date
    key: str


def celebrated_on(birth: Birth, year: int, occasion: Mapping[str, Any]) -> date:
    """The day of a birthday in a year of its own calendar.

    29 February goes to `leap_day` where there is none. A leap month that the year lacks is the ordinary one, and always
    so if `leap_month` says it; a 30th that a month lacks is its 29th.
    """
    if birth.calendar == "lunar":
        leap = birth.leap and occasion.get("leap_month", "leap") == "leap"
        return solar(LunarDay(year, birth.month, birth.day, leap))
    return in_year(birth.month, birth.day, year, occasion["leap_day"])


def in_year(month: int, day: int, year: int, leap_day: str) -> date:
    """A day of every year; 29 February goes to `leap_day` where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date.fromisoformat(f"{year}-{leap_day}")


def births_on(day: date, occasion: Mapping[str, Any]) -> dict[Birth, str]:
    """The births that are celebrated on a day, each with the key of the occurrence: its year in its own calendar."""
    found = {Birth("solar", day.month, day.day, False): f"birthday:{day.year}"}
    if (day.month, day.day) != (2, 29) and in_year(2, 29, day.year, occasion["leap_day"]) == day:
        found[Birth("solar", 2, 29, False)] = f"birthday:{day.year}"
    year, month, number, _ = lunar(day)
    for leap in (False, True):
        for possible in (number, 30):
            birth = Birth("lunar", month, possible, leap)
            if celebrated_on(birth, year, occasion) == day:
                found[birth] = f"birthday:{year}"
    return found


def births_of(days: Sequence[date], occasion: Mapping[str, Any]) -> dict[Birth, list[Celebrated]]:
    """The births that are celebrated on one of these days, each with when."""
    found: dict[Birth, list[Celebrated]] = defaultdict(list)
    for day in days:
        for birth, key in births_on(day, occasion).items():
            found[birth].append(Celebrated(day, key))
    return found


def anniversary(registered_on: date, day: date, leap_day: str) -> Celebrated | None:
    """The anniversary of a registration that a day is, if it is one."""
    years = day.year - registered_on.year
    if years < 1 or in_year(registered_on.month, registered_on.day, day.year, leap_day) != day:
        return None
    return Celebrated(day, f"anniversary:{years}")


def follow_up(since: date, day: date, every_days: int) -> Celebrated | None:
    """The regular visit that a day is for, if it is one."""
    passed = (day - since).days
    return Celebrated(day, f"follow_up:{day.isoformat()}") if passed > 0 and passed % every_days == 0 else None


def days_between(start: datetime, end: datetime, offset_days: int) -> list[date]:
    """Every day whose occasion, so many days later, may fall between two instants somewhere on earth."""
    first, last = (start - FURTHEST).date() - offset_days * DAY, (end + FURTHEST).date() - offset_days * DAY
    return [first + number * DAY for number in range((last - first).days + 1)]


@lru_cache(maxsize=4_096)
def instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """The instant of a wall time on a day; where summer time skips it, as much later."""
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def happens_at(occasion: Mapping[str, Any], clock: str | None, day: date, zone: ZoneInfo) -> datetime:
    """When a rule applies to an occasion of a day."""
    return instant(day + occasion["offset_days"] * DAY, clock or "00:00", zone)


def registrations(days: Sequence[date], years: int) -> list[tuple[datetime, datetime]]:
    """When those registered who may have an anniversary on one of these days that follow each other: a span a year."""
    length = days[-1] - days[0] + 4 * DAY  # a day more at either end for zones, one for leap days
    firsts = [in_year(days[0].month, days[0].day, days[0].year - ago, "02-28") - DAY for ago in range(1, years + 1)]
    midnights = [datetime.combine(first, time(), UTC) for first in firsts]
    return [(at, at + length) for at in midnights]
