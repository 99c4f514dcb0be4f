"""Setting exchange rates, and finding the one that counts on a day."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.exchange_rates import repository
from shared.errors import Invalid
from shared.money import is_currency


def put_rate(session: Session, currency: str, day: date, rate: Decimal, now: datetime) -> Row[Any]:
    """Set the price of one unit of `currency` from `day` on. Orders that are stored keep the rate they have."""
    if not is_currency(currency) or currency == deployment().base_currency:
        raise Invalid(f"{currency} takes no exchange rate here", code="currency_unsupported")
    return repository.upsert(session, currency, day, rate, now)


def rates_of(session: Session, wanted: Collection[tuple[str, date]]) -> dict[tuple[str, date], Decimal]:
    """The rate of each (currency, day): 1 in base currency, else the latest one named up to that day, if any."""
    base = deployment().base_currency
    found = {pair: Decimal(1) for pair in wanted if pair[0] == base}
    foreign = [pair for pair in set(wanted) if pair[0] != base]
    return found | (repository.latest(session, foreign) if foreign else {})
