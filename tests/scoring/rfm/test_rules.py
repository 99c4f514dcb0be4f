"""Scores, classes, and when time alone changes them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.rfm import rules
from services.scoring.rfm.rules import Cuts

pytestmark = pytest.mark.capability("C-11")
ZONE = ZoneInfo("Asia/Shanghai")
CUTS = Cuts((300, 120, 40, 10), (2, 3, 5, 8), (100.0, 300.0, 800.0, 2000.0), 1000, "2026-11-01")
days_ago = st.integers(0, 500)


def scored(days: int, orders: int = 3, spend: float = 350, now: datetime | None = None) -> rules.Scores:
    now = now or datetime(2026, 11, 25, 8, tzinfo=UTC)
    return scored_of(now.astimezone(ZONE).date() - timedelta(days=days), orders, spend, now)


def scored_of(last: date, orders: int, spend: float, now: datetime) -> rules.Scores:
    columns = {"last_order_on": (last - rules.EPOCH).days, "orders": orders, "net_spend": spend}
    (found,) = rules.scores({name: np.array([float(one)]) for name, one in columns.items()}, CUTS, now, ZONE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("r", "f", "m", "expected"),
    [
        (5, 5, 5, "champion"),
        (5, 1, 1, "new"),
        (4, 1, 1, "promising"),
        (4, 3, 4, "loyal"),
        (3, 2, 3, "need_attention"),
        (2, 3, 3, "at_risk"),
        (1, 5, 4, "cannot_lose"),
        (1, 1, 1, "lost"),
    ],
)
def test_the_class_is_that_of_the_published_table(r: int, f: int, m: int, expected: str) -> None:
    assert rules.rfm_class(r, f, m) == expected


def test_the_mean_of_f_and_m_is_rounded_half_up() -> None:
    assert rules.rfm_class(5, 1, 2) == rules.rfm_class(5, 2, 2)


def test_there_are_eleven_classes() -> None:
    assert len({name for row in rules.CLASSES.values() for name in row}) == 11


@given(days_ago)
def test_r_falls_at_the_instant_it_is_said_to_and_not_before(days: int) -> None:
    found = scored(days)
    if found.until is None:
        assert found.r == 1
    else:
        last = (datetime(2026, 11, 25, 8, tzinfo=UTC)).astimezone(ZONE).date() - timedelta(days=days)
        assert scored_of(last, 3, 350, found.until - timedelta(microseconds=1)).r == found.r
        assert scored_of(last, 3, 350, found.until).r < found.r


@given(st.integers(1, 20), st.integers(1, 20))
def test_more_orders_never_score_less(orders: int, more: int) -> None:
    assert scored(1, orders).f <= scored(1, orders + more).f


def test_a_mark_belongs_to_the_score_it_opens() -> None:
    assert [scored(day).r for day in (10, 11, 40, 41, 120, 300, 301)] == [5, 4, 4, 3, 3, 2, 1]
    assert [scored(1, orders).f for orders in (1, 2, 4, 5, 8)] == [1, 2, 3, 4, 5]


def test_days_are_those_of_the_business_zone() -> None:
    evening = datetime(2026, 11, 25, 17, tzinfo=UTC)  # 01:00 of the 26th in Shanghai
    last = date(2026, 11, 15)
    assert scored_of(last, 1, 1, evening).r == 4
    assert scored_of(last, 1, 1, evening - timedelta(hours=2)).r == 5


def test_cuts_are_reviewed_after_a_month_or_when_the_base_grew_by_a_fifth() -> None:
    frozen = datetime(2026, 11, 1, tzinfo=UTC)
    assert not rules.must_be_reviewed(1000, 1199, frozen, frozen + timedelta(days=29))
    assert rules.must_be_reviewed(1000, 1201, frozen, frozen + timedelta(hours=1))
    assert not rules.must_be_reviewed(1000, 9999, frozen, frozen + timedelta(minutes=59))
    assert rules.must_be_reviewed(1000, 1000, frozen, frozen + timedelta(days=30))
