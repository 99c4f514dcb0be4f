"""Statements that add complaints up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

KEYS = {
    "category": "category",
    "root_cause": "root_cause",
    "severity": "CAST(severity AS text)",
    "channel": "channel",
    "status": "status",
    "owner": "CAST(owner_id AS text)",
}
# `before` is when the same person last complained of the same category.
COUNTED = """
counted AS (
    SELECT c.*, lag(c.opened_at) OVER (
        PARTITION BY COALESCE(r.canonical_id, c.customer_id), c.category ORDER BY c.opened_at, c.complaint_id
    ) AS before
    FROM complaint c LEFT JOIN customer_ref r ON r.customer_id = c.customer_id
    WHERE c.status NOT IN ('rejected', 'duplicate')
), opened AS (
    SELECT * FROM counted
    WHERE opened_at >= COALESCE(CAST(:since AS timestamptz), '-infinity')
    AND opened_at < COALESCE(CAST(:until AS timestamptz), 'infinity')
)
"""
BY_KEY = """
WITH {counted}, shown AS (SELECT opened.*, {key} AS key FROM opened)
SELECT key, GROUPING(key) AS total, count(*) AS complaints,
    count(*) FILTER (WHERE status IN ('new', 'assigned', 'in_progress', 'waiting_customer')) AS unsettled,
    count(*) FILTER (WHERE status IN ('resolved', 'closed')) AS settled,
    count(*) FILTER (WHERE jsonb_array_length(breached) > 0) AS breached,
    count(*) FILTER (WHERE reopen_count > 0) AS reopened,
    count(*) FILTER (WHERE before >= opened_at - interval '90 days') AS repeated,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - opened_at) / 3600) AS hours,
    COALESCE(sum(compensation), 0) AS compensation
FROM shown GROUP BY GROUPING SETS ((), (key)) ORDER BY total DESC, complaints DESC, key
"""
# A clock counts once it can be told: it was met, or it ran out. What was cancelled before that promised nothing.
CLOCKS = """
WITH {counted}
SELECT k.metric, count(*) AS clocks, count(*) FILTER (WHERE k.breached_at IS NULL) AS in_time
FROM opened o JOIN sla_clock k ON k.subject_id = o.complaint_id
WHERE k.met_at IS NOT NULL OR k.breached_at IS NOT NULL
GROUP BY k.metric
"""


def by_key(session: Session, by: str, span: tuple[datetime | None, datetime | None]) -> Sequence[Row[Any]]:
    """Complaints opened in a span by what they have in common, the sum of all first (`total` 1)."""
    return _in_span(session, text(BY_KEY.format(counted=COUNTED, key=KEYS[by])), span)


def clocks(session: Session, span: tuple[datetime | None, datetime | None]) -> dict[str, tuple[int, int]]:
    """By metric how many clocks of complaints opened in a span can be told, and how many of them were in time."""
    rows = _in_span(session, text(CLOCKS.format(counted=COUNTED)), span)
    return {row.metric: (row.clocks, row.in_time) for row in rows}


def _in_span(
    session: Session, statement: TextClause, span: tuple[datetime | None, datetime | None]
) -> Sequence[Row[Any]]:
    return session.execute(statement, {"since": span[0], "until": span[1]}).all()
