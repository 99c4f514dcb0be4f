"""Adding complaints up."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.engagement.complaints.reports import repository, rules
from services.engagement.complaints.reports.schemas import ComplaintReport, ComplaintRow, Dimension
from services.engagement.slas.policies.schemas import CLOCKS
from shared.web.schemas import MoneyOut

SAME = ("key", "complaints", "unsettled", "settled", "breached", "reopened", "repeated")


def report(
    session: Session, by: Dimension, span: tuple[datetime | None, datetime | None], currency: str
) -> ComplaintReport:
    """Complaints opened in a span: how many of what, and whether promises were kept."""
    total, *rows = [_row(row, currency) for row in repository.by_key(session, by, span)]
    clocks = repository.clocks(session, span)
    sla = [rules.kept(metric, *clocks.get(metric, (0, 0))) for metric in CLOCKS]
    return ComplaintReport(total=total, by=by, rows=rows, sla=sla)


def _row(row: Row[Any], currency: str) -> ComplaintRow:
    known = {name: getattr(row, name) for name in SAME}
    hours = None if row.hours is None else round(float(row.hours), 2)
    return ComplaintRow(**known, hours=hours, compensation=MoneyOut.of(row.compensation, currency))
