"""What a region's numbers add up to."""

from datetime import date
from decimal import Decimal

YEAR = 365
DIGITS = 4


def growth(now: Decimal, before: Decimal) -> float | None:
    """By how much revenue grew; None without revenue before."""
    return None if before <= 0 else round(float(now / before) - 1, DIGITS)


def penetration(customers: int, households: int | None, firms: int | None) -> float | None:
    """Customers by household, or by firm where only those are known."""
    among = households or firms
    return None if not among else round(customers / among, 6)


def yearly(revenue: Decimal, day_from: date, day_to: date) -> Decimal:
    """Revenue of some days, carried forward to a year."""
    return revenue * YEAR / (day_to - day_from).days


def share(yearly_revenue: Decimal, market_size: Decimal | None) -> float | None:
    """The part of the market that is ours."""
    return None if not market_size else round(float(yearly_revenue / market_size), DIGITS)
