"""From what orders say to labels."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.portraits.rules import BOUNDS, band, labels
from services.profile.portraits.schemas import Vote

pytestmark = pytest.mark.capability("C-03")


def vote(label: Any, value: str, orders: int = 2, total: int = 3) -> Vote:
    return Vote(UUID(int=1), label, value, orders, total, Decimal(100), datetime(2026, 1, 1, tzinfo=UTC))


def test_a_label_needs_two_orders() -> None:
    assert labels([vote("favourite_category", "tea", 1, 1)], "CNY") == []
    (found,) = labels([vote("favourite_category", "tea")], "CNY")
    assert (found.value, found.evidence.orders, found.evidence.of, found.evidence.share) == ("tea", 2, 3, 0.6667)


@pytest.mark.parametrize(
    ("label", "value", "orders", "told"),
    [
        ("favourite_hour", "9", 2, 9),
        ("favourite_weekday", "7", 2, "sun"),
        ("price_band", "5", 2, "20-50"),
        ("promotion_driven", "true", 2, True),
        ("promotion_driven", "true", 1, False),
    ],
)
def test_values_are_in_the_words_of_their_label(label: Any, value: str, orders: int, told: Any) -> None:
    assert labels([vote(label, value, orders)], "CNY")[0].value == told


@given(st.integers(0, len(BOUNDS)))
def test_price_bands_adjoin(place: int) -> None:
    upper = band(place).rstrip("+").rpartition("-")[2]
    assert place == len(BOUNDS) or band(place + 1).startswith(f"{upper}-") or band(place + 1) == f"{upper}+"
