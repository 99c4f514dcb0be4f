"""What a region's numbers add up to."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.profile.reports.rules import growth, penetration, share, yearly

amounts = st.decimals(0, 10**9, places=2)


@given(amounts, amounts)
def test_growth_is_zero_where_nothing_changed_and_unknown_where_nothing_was(now: Decimal, before: Decimal) -> None:
    found = growth(now, before)
    assert (found is None) == (before == 0)
    if found is not None and abs(now - before) > before / 100:
        assert (found > 0) == (now > before)


def test_revenue_of_some_days_is_carried_forward_to_a_year() -> None:
    assert yearly(Decimal(10), date(2026, 1, 1), date(2026, 3, 15)) == Decimal(50)
    assert share(Decimal(50), Decimal(1000)) == 0.05
    assert share(Decimal(50), None) is None


def test_penetration_is_by_household_or_by_firm() -> None:
    assert [penetration(5, 10, 100), penetration(5, None, 100), penetration(5, 0, None)] == [0.5, 0.05, None]
