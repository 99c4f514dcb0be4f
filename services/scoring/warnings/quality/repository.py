"""The statements that judge warnings by what came."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

RAISED = text("""
SELECT to_char(raised_at AT TIME ZONE :zone, 'YYYY-MM') AS month, count(*) AS raised,
    count(*) FILTER (WHERE outcome = 'ordered') AS ordered, count(*) FILTER (WHERE outcome = 'lost') AS lost
FROM warning WHERE raised_at >= :since AND raised_at <= :now GROUP BY 1
""")
SILENT = text("""
WITH bought AS (
    SELECT r.canonical_id AS person_id, o.placed_at,
        lead(o.placed_at) OVER (PARTITION BY r.canonical_id ORDER BY o.placed_at) AS next_at
    FROM order_fact AS o JOIN customer_ref AS r USING (customer_id)
    WHERE o.counted AND o.placed_at > CAST(:since AS timestamptz) - CAST(:horizon AS interval)
), silent AS (
    SELECT person_id, placed_at, placed_at + CAST(:horizon AS interval) AS lost_at FROM bought
    WHERE placed_at + CAST(:horizon AS interval) BETWEEN :since AND :now
        AND (next_at IS NULL OR next_at > placed_at + CAST(:horizon AS interval))
), told AS (
    SELECT r.canonical_id AS person_id, w.raised_at FROM warning AS w JOIN customer_ref AS r USING (customer_id)
    WHERE w.raised_at > CAST(:since AS timestamptz) - CAST(:horizon AS interval)
)
SELECT to_char(lost_at AT TIME ZONE :zone, 'YYYY-MM') AS month, count(*) AS silent,
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM told
        WHERE told.person_id = silent.person_id AND raised_at > placed_at AND raised_at < lost_at
    )) AS warned
FROM silent GROUP BY 1
""")


def raised(session: Session, zone: str, since: datetime, now: datetime) -> Sequence[RowMapping]:
    """How many warnings were raised in each month, and what they came to."""
    return _rows(session, RAISED, zone=zone, since=since, now=now)


def silent(session: Session, horizon: timedelta, zone: str, since: datetime, now: datetime) -> Sequence[RowMapping]:
    """How many persons' silence came to a whole horizon in each month, and how many of them had been warned in it."""
    return _rows(session, SILENT, horizon=horizon, zone=zone, since=since, now=now)


def _rows(session: Session, statement: Any, **binds: Any) -> Sequence[RowMapping]:
    return session.execute(statement, binds).mappings().all()
