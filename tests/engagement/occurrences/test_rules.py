"""When an occasion is: what still holds, orders by step, freshness."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.occurrences.rules import Standing, counts, judge, order_at, timed
from shared.contracts.base import Origin
from shared.contracts.examples import examples
from shared.contracts.profile import OrderRecorded

pytestmark = pytest.mark.capability("C-26")

NAMES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC")
ZONES = st.sampled_from([ZoneInfo(name) for name in NAMES])
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
    stands = judge(rule(), planned(), Standing(celebrated=True), SHANGHAI)
    assert (stands.do, stands.at) == ("fire", datetime(2026, 11, 25, 1, tzinfo=UTC))
    assert judge(rule(), planned(), Standing(), SHANGHAI).do == "release"
    assert judge(rule(), planned(), Standing(meant=False, celebrated=True), SHANGHAI).do == "release"
    assert judge(rule(status="paused"), planned(), Standing(celebrated=True), SHANGHAI).do == "release"


def test_an_order_that_left_the_step_is_skipped() -> None:
    due = planned(day=None, step_at=NOW)
    assert judge(thanks(), due, Standing(status="delivered"), SHANGHAI).do == "fire"
    assert judge(thanks(), due, Standing(status="refunded"), SHANGHAI).reason == "order_refunded"
    assert judge(thanks(), due, Standing(meant=False, status="delivered"), SHANGHAI).reason == "audience"


@pytest.mark.parametrize(
    ("late", "does"), [(-1, "wait"), (0, "fire"), (11, "fire"), (12, "expired"), (13, "expired"), (49, "expired")]
)
def test_too_early_waits_and_too_late_expires(late: int, does: str) -> None:
    birthday = rule(expires_after_hours=12)
    at = datetime(2026, 11, 25, 1, tzinfo=UTC)
    verdict = judge(birthday, planned(), Standing(celebrated=True), SHANGHAI)
    assert timed(birthday, verdict, at + timedelta(hours=late)).do == does
