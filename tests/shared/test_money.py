"""Amounts lose nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import converted, exponent, is_currency, rounded, shares

amounts = st.decimals(min_value=0, max_value=10**9, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=10**6, places=4), min_size=1, max_size=30)


@pytest.mark.parametrize(("currency", "places"), [("CNY", 2), ("JPY", 0), ("KWD", 3)])
def test_the_exponent_is_that_of_iso_4217(currency: str, places: int) -> None:
    assert exponent(currency) == places


def test_only_currencies_are_currencies() -> None:
    assert is_currency("EUR")
    assert not any(is_currency(code) for code in ("ZZZ", "eur", "", "XXX"))


def test_rounding_is_half_up() -> None:
    assert rounded(Decimal("0.125"), "CNY") == Decimal("0.13")
    assert rounded(Decimal("0.5"), "JPY") == Decimal(1)
    assert converted(Decimal("10.00"), Decimal("7.1234"), "CNY") == Decimal("71.23")


@pytest.mark.parametrize("amount", ["-0", "-0.00", "-0.004"])
def test_nothing_has_no_sign(amount: str) -> None:
    assert str(rounded(Decimal(amount), "CNY")) == "0.00"


@given(amounts, weights)
def test_shares_add_up_to_the_whole(total: Decimal, parts: list[Decimal]) -> None:
    assert sum(shares(total, parts, "CNY")) == total


@given(amounts, weights)
def test_no_share_is_further_than_one_cent_from_its_exact_part(total: Decimal, parts: list[Decimal]) -> None:
    whole, cent = sum(parts), Decimal("0.010001")
    given_out = shares(total, parts, "CNY")
    assert not whole or all(
        abs(share - total * part / whole) < cent for share, part in zip(given_out, parts, strict=True)
    )


def test_equal_remainders_go_to_the_first() -> None:
    assert shares(Decimal("0.05"), [Decimal(1), Decimal(1)], "CNY") == [Decimal("0.03"), Decimal("0.02")]


def test_without_weights_the_first_takes_all() -> None:
    assert shares(Decimal("5.00"), [Decimal(0), Decimal(0)], "CNY") == [Decimal("5.00"), Decimal(0)]
