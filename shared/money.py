"""Amounts: currencies and their exponents, rounding, and splitting an amount without losing a cent."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies


@cache
def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 currency in use somewhere."""
    return code in list_currencies() and code not in {"XXX", "XTS"}


@cache
def exponent(currency: str) -> int:
    """Decimal places of a currency: CNY 2, JPY 0, KWD 3 (ISO 4217 by way of CLDR)."""
    return get_currency_precision(currency)


@cache
def unit(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-exponent(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` to the currency's exponent, half up. Nothing is 0.00, never -0.00."""
    return amount.quantize(unit(currency), ROUND_HALF_UP) + 0


def converted(amount: Decimal, rate: Decimal, base_currency: str) -> Decimal:
    """`amount` in base currency; `rate` is the price of one unit in base currency."""
    return rounded(amount * rate, base_currency)


def shares(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`total` split by `weights`, to the currency's exponent, by largest remainder: the shares add up to `total`.

    Without any weight the first share takes all.
    """
    smallest = unit(currency)
    whole = sum(weights)
    if not whole:
        return [total if at == 0 else Decimal(0) for at in range(len(weights))]
    exact = [total * weight / whole for weight in weights]
    floors = [(value / smallest).to_integral_value(ROUND_FLOOR) * smallest for value in exact]
    missing = int(((total - sum(floors)) / smallest).to_integral_value(ROUND_HALF_UP))
    by_remainder = sorted(range(len(weights)), key=lambda at: (floors[at] - exact[at], at))
    for at in by_remainder[:missing]:
        floors[at] += smallest
    return floors
