"""When an occasion is: birthdays in every zone and leap year, orders by step, freshness."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.occurrences.rules import (
    birthday_at,
    birthdays_on,
    celebrated_on,
    counts,
    days_between,
    instant,
    judge,
    order_at,
    timed,
)
from shared.contracts.base import Origin
from shared.contracts.examples import examples
from shared.contracts.profile import OrderRecorded

pytestmark = pytest.mark.capability("C-26")

NAMES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC")
ZONES = st.sampled_from([ZoneInfo(name) for name in NAMES])
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
LEAP_DAYS = st.sampled_from(["02-28", "03-01"])
CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def rule(**fields: Any) -> CareRule:
    known: dict[str, Any] = {
        "occasion": {"kind": "birthday", "offset_days": 0, "leap_day": "02-28"},
        "at": "09:00",
        "status": "active",
        "archived_at": None,
        "freshness_hours": 48,
        "expires_after_hours": None,
        "activated_at": NOW - timedelta(days=30),
    }
    return CareRule(**known | fields)


def thanks(**fields: Any) -> CareRule:
    occasion = {"kind": "order", "step": "delivered", "offset_days": 0, "categories": [], "skus": []}
    return rule(occasion=occasion | fields.pop("occasion", {}), at=fields.pop("at", None), **fields)


def delivered(**fields: Any) -> OrderRecorded:
    an_hour_ago = NOW - timedelta(hours=1)
    known = {
        "status": "delivered",
        "delivered_at": an_hour_ago,
        "occurred_at": an_hour_ago,
        "recorded_at": NOW,
        "origin": Origin.LIVE,
        "test": False,
    }
    return examples(OrderRecorded)[0].model_copy(update=known | fields)


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
    assert celebrated_on(2, 29, year, leap_day) == date.fromisoformat(day)


@given(DAYS, LEAP_DAYS)
def test_a_birth_is_celebrated_on_exactly_the_days_that_name_it(day: date, leap_day: str) -> None:
    births = birthdays_on(day, leap_day)
    assert all(celebrated_on(*birth, day.year, leap_day) == day for birth in births)
    assert ((day.month, day.day) in births) and births - {(day.month, day.day)} <= {(2, 29)}


@given(st.integers(2024, 2031), LEAP_DAYS)
def test_every_birth_is_celebrated_once_a_year(year: int, leap_day: str) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    named = [birth for day in days if day.year == year for birth in birthdays_on(day, leap_day)]
    assert len(named) == len(set(named)) == 366


@given(DAYS, CLOCKS, ZONES, st.integers(-10, 10))
def test_a_birthday_is_at_its_wall_time_in_the_customers_zone(day: date, clock: str, zone: ZoneInfo, off: int) -> None:
    occasion = {"kind": "birthday", "offset_days": off, "leap_day": "02-28"}
    at = birthday_at(rule(occasion=occasion, at=clock), day, zone).astimezone(zone)
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


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)), CLOCKS, ZONES)  # noqa: DTZ001
def test_a_wall_time_after_an_order_is_the_next_one(at: datetime, clock: str, zone: ZoneInfo) -> None:
    found = order_at(thanks(at=clock), at, zone)
    assert at <= found <= at + timedelta(hours=26)


def test_without_a_wall_time_an_order_counts_at_once() -> None:
    assert order_at(thanks(), NOW, SHANGHAI) == NOW
    assert order_at(thanks(occasion={"offset_days": 2}), NOW, SHANGHAI) == NOW + timedelta(days=2)


def test_a_live_fresh_delivery_counts() -> None:
    assert counts(thanks(), delivered(), NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": Origin.IMPORT},
        {"origin": Origin.REPUBLISH},
        {"occurred_at": NOW - timedelta(hours=49)},
        {"delivered_at": NOW - timedelta(hours=49)},
        {"recorded_at": NOW - timedelta(days=31)},
        {"status": "paid"},
        {"status": "refunded"},
        {"status": "cancelled"},
        {"test": True},
    ],
)
def test_nothing_else_does(fields: dict[str, Any]) -> None:
    assert not counts(thanks(), delivered(**fields), NOW)


def test_a_rule_that_never_worked_counts_nothing() -> None:
    assert not counts(thanks(activated_at=None), delivered(), NOW)


def test_a_rule_for_some_goods_counts_orders_with_one_of_them_only() -> None:
    line = delivered().lines[0].model_copy(update={"category": "tea", "sku": "tea-01"})
    tea = delivered(lines=[line])
    assert counts(thanks(occasion={"categories": ["tea"]}), tea, NOW)
    assert counts(thanks(occasion={"skus": ["tea-01"]}), tea, NOW)
    assert not counts(thanks(occasion={"categories": ["coffee"], "skus": ["x"]}), tea, NOW)


def planned(**fields: Any) -> CareOccurrence:
    known = {"day": date(2026, 11, 25), "step_at": None, "happens_at": NOW}
    return CareOccurrence(**known | fields)


def test_a_birthday_that_moved_is_released_and_one_that_stands_fires() -> None:
    stands = judge(rule(), planned(), (11, 25), None, SHANGHAI)
    assert (stands.do, stands.at) == ("fire", datetime(2026, 11, 25, 1, tzinfo=UTC))
    assert judge(rule(), planned(), (11, 26), None, SHANGHAI).do == "release"
    assert judge(rule(), planned(), None, None, SHANGHAI).do == "release"
    assert judge(rule(status="paused"), planned(), (11, 25), None, SHANGHAI).do == "release"


def test_an_order_that_left_the_step_is_skipped() -> None:
    due = planned(day=None, step_at=NOW)
    assert judge(thanks(), due, None, "delivered", SHANGHAI).do == "fire"
    assert judge(thanks(), due, None, "refunded", SHANGHAI).reason == "order_refunded"


@pytest.mark.parametrize(
    ("late", "does"), [(-1, "wait"), (0, "fire"), (11, "fire"), (12, "expired"), (13, "expired"), (49, "expired")]
)
def test_too_early_waits_and_too_late_expires(late: int, does: str) -> None:
    birthday = rule(expires_after_hours=12)
    at = datetime(2026, 11, 25, 1, tzinfo=UTC)
    verdict = judge(birthday, planned(), (11, 25), None, SHANGHAI)
    assert timed(birthday, verdict, at + timedelta(hours=late)).do == does
