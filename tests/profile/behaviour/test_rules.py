"""What a behaviour event counts as."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.profile.behaviour.rules import category_of, day_of, faults, measure_of, sku_of, within_time
from tests.profile.behaviour.events import event

PRESENT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("Product Viewed", "view"),
        ("product list viewed", "view"),
        ("Products Searched", "search"),
        ("Product Added", "cart_add"),
        ("Product Removed", "cart_remove"),
        ("Checkout Started", "checkout"),
        ("Enquiry Sent", "enquiry"),
        ("Signed In", "login"),
        ("Coupon Entered", None),
    ],
)
def test_names_of_the_e_commerce_specification_raise_a_count(name: str, measure: str | None) -> None:
    assert measure_of(name) == measure


@pytest.mark.parametrize(
    ("properties", "category", "sku"),
    [
        ({"category": "tea", "sku": "t-1", "product_id": "9"}, "tea", "t-1"),
        ({"product_id": 9}, None, "9"),
        ({"products": [{"category": "tea", "product_id": "t-1"}, {"category": "cups"}]}, "tea", "t-1"),
        ({"category": "茶　具", "sku": "t\u00a01"}, "茶　具", "t\u00a01"),
        ({"category": "x" * 129, "products": "none"}, None, None),
        ({"category": {"id": 1}, "sku": "a\nb", "products": [3]}, None, None),
        ({}, None, None),
    ],
)
def test_category_and_article_are_found_where_the_specification_puts_them(
    properties: dict[str, Any], category: str | None, sku: str | None
) -> None:
    assert (category_of(properties), sku_of(properties)) == (category, sku)


def test_a_day_is_one_of_the_business_zone() -> None:
    assert day_of(datetime(2026, 11, 24, 17, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai")) == date(2026, 11, 25)


def test_impossible_times_are_refused_and_a_fast_clock_is_clamped() -> None:
    assert [one.code for one in faults(event(occurred_at=datetime(1999, 1, 1, tzinfo=UTC)), PRESENT)] == ["too_old"]
    assert [one.code for one in faults(event(occurred_at=PRESENT + timedelta(hours=25)), PRESENT)] == ["in_future"]
    fast = event(occurred_at=PRESENT + timedelta(hours=23))
    assert faults(fast, PRESENT) == []
    assert within_time(fast, PRESENT).occurred_at == PRESENT
