"""Money, days and times as words of a locale; where a locale is unknown, the nearest one that is known."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency


@dataclass(frozen=True, slots=True)
class Formats:
    """How values read for one person: locale such as `zh-CN`, their zone, the currency of bare numbers."""

    locale: str
    zone: ZoneInfo
    currency: str


def fallbacks(locale: str, default: str) -> list[str]:
    """Where to look for a text, nearest first: the locale, its shorter forms, the default locale and its own."""
    return list(dict.fromkeys([*_shorter(locale), *_shorter(default)]))


@lru_cache(maxsize=512)
def zone_of(name: str | None, default: str) -> ZoneInfo:
    """The zone of that name, or the default one when it is unknown."""
    try:
        return ZoneInfo(name or default)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(default)


def money(value: Any, formats: Formats) -> str:
    """`{"amount", "currency"}` or a bare number as an amount, such as ¥95.00; nothing for nothing."""
    if value is None or value == "":
        return ""
    amount, currency = (value["amount"], value["currency"]) if isinstance(value, dict) else (value, formats.currency)
    return str(format_currency(Decimal(str(amount)), currency, locale=_babel(formats.locale)))


def day(value: Any, formats: Formats) -> str:
    """A day, or the local day of an instant, such as 2026年11月25日."""
    if value is None or value == "":
        return ""
    return format_date(_local(value, formats.zone), "long", locale=_babel(formats.locale))


def time_of_day(value: Any, formats: Formats) -> str:
    """The local time of an instant, such as 16:00."""
    if value is None or value == "":
        return ""
    local = _local(value, formats.zone)
    if not isinstance(local, datetime):
        raise ValueError("a day has no time")
    return format_time(local.time(), "short", locale=_babel(formats.locale))


def _local(value: Any, zone: ZoneInfo) -> date | datetime:
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == len("2026-11-25") else datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return date.fromisoformat(str(value))
    return value.astimezone(zone) if value.tzinfo else value


def _shorter(locale: str) -> list[str]:
    parts = locale.replace("_", "-").split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]


@lru_cache(maxsize=256)
def _babel(locale: str) -> Locale:
    for candidate in [*_shorter(locale), "en"]:
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
