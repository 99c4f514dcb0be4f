"""Answering the reports of regions and workload."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.regions import usecases as regions
from services.profile.reports import repository, rules
from services.profile.reports.schemas import RegionReport, RegionRow, ValueMix
from shared.errors import FieldError, Invalid
from shared.money import rounded

USUAL = timedelta(days=90)
LONGEST = timedelta(days=1830)
CLASSES = ("key", "high", "medium", "low")
SAME = ("code", "titles", "customers", "registered", "active", "uncovered", "facts_of", "strategy_review_on")


def by_region(
    session: Session, region: str | None, first: date | None, until: date | None, now: datetime
) -> RegionReport:
    """The regions directly under one, by default the provinces, over some business days, by default the last 90.

    Raises NotFound for an unknown region, Invalid for a span that ends before it begins or exceeds five years.
    """
    if region is not None:
        regions.get(session, region)
    zone = ZoneInfo(deployment().business_time_zone)
    until = until or now.astimezone(zone).date() + timedelta(days=1)
    start = first or until - USUAL
    if not timedelta() < until - start <= LONGEST:
        fault = FieldError("to", "not_allowed", "It lies after from, by five years at most.")
        raise Invalid("Not valid: to.", errors=[fault])
    days = {"before": start - (until - start), "start": start, "until": until}
    span = {name: datetime.combine(day, time(), zone) for name, day in days.items()}
    currency = deployment().base_currency
    items = [_row(dict(row), start, until, currency) for row in repository.by_region(session, region, span)]
    return RegionReport(region=region, first=start, until=until, currency=currency, items=items)


def _row(row: dict[str, Any], first: date, until: date, currency: str) -> RegionRow:
    yearly, market = rules.yearly(row["revenue"], first, until), row["market_size"]
    known = {name: row[name] for name in CLASSES}
    return RegionRow(
        **{name: row[name] for name in SAME},
        revenue=rounded(row["revenue"], currency),
        revenue_before=rounded(row["revenue_before"], currency),
        growth=rules.growth(row["revenue"], row["revenue_before"]),
        values=ValueMix(**known, unknown=row["customers"] - sum(known.values())),
        penetration=rules.penetration(row["customers"], row["households"], row["firms"]),
        share=rules.share(yearly, market),
        potential=None if market is None else rounded(max(market - yearly, market * 0), currency),
    )
