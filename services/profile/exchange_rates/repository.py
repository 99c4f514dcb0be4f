"""Statements about exchange rates."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from services.profile.exchange_rates.tables import ExchangeRate
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

UPSERT = text(
    "INSERT INTO exchange_rate AS t (currency, day, rate, version, recorded_at) "
    "VALUES (:currency, :day, :rate, 1, :at) ON CONFLICT (currency, day) DO UPDATE "
    "SET rate = excluded.rate, version = t.version + 1, recorded_at = excluded.recorded_at "
    "RETURNING currency, day, trim_scale(rate) AS rate, version"
)

LATEST = text(
    "SELECT w.currency, w.day, trim_scale(r.rate) AS rate "
    "FROM unnest(CAST(:currencies AS text[]), CAST(:days AS date[])) AS w(currency, day) "
    "CROSS JOIN LATERAL (SELECT rate FROM exchange_rate r WHERE r.currency = w.currency "
    "AND r.day <= w.day ORDER BY r.day DESC LIMIT 1) r"
)


def upsert(session: Session, currency: str, day: date, rate: Decimal, now: datetime) -> Row[Any]:
    """Set one rate; the row as it is then."""
    return session.execute(UPSERT, {"currency": currency, "day": day, "rate": rate, "at": now}).one()


def latest(session: Session, wanted: Sequence[tuple[str, date]]) -> dict[tuple[str, date], Decimal]:
    """The latest rate up to each day; a pair without one is left out."""
    binds = {"currencies": [currency for currency, _ in wanted], "days": [day for _, day in wanted]}
    return {(row.currency, row.day): row.rate for row in session.execute(LATEST, binds)}


def listed(
    session: Session, currencies: Sequence[str] | None, day_from: date | None, day_to: date | None, page: PageRequest
) -> Listing[Any]:
    """One page of rates of some currencies and a range of days, the end excluded."""
    rate = func.trim_scale(ExchangeRate.rate).label("rate")
    statement = select(ExchangeRate.currency, ExchangeRate.day, rate, ExchangeRate.version)
    if currencies is not None:
        statement = statement.where(ExchangeRate.currency.in_(currencies))
    if day_from is not None:
        statement = statement.where(ExchangeRate.day >= day_from)
    if day_to is not None:
        statement = statement.where(ExchangeRate.day < day_to)
    return paginate(session, statement, page, {"day": (ExchangeRate.day, ExchangeRate.currency)}, default="-day")
