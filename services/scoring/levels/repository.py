"""Statements about levels over time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.scoring.levels.rules import Held
from services.scoring.levels.tables import LevelHistory
from shared.db import REPLACE, put_columns
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"since": (LevelHistory.since, LevelHistory.name)}

OWN = "h.customer_id IN (SELECT customer_id FROM customer_ref WHERE canonical_id = customer_ref.customer_id)"
MOVEMENTS = text(f"""
WITH at AS (
    SELECT DISTINCT ON (customer_id, edge.name) customer_id, edge.name, h.level
    FROM (VALUES ('before', CAST(:before AS timestamptz)), ('after', CAST(:after AS timestamptz)))
        AS edge (name, instant)
    JOIN level_history h ON h.name = :name AND h.since <= edge.instant
    WHERE {OWN}
    ORDER BY customer_id, edge.name, h.since DESC
)
SELECT b.level AS before, a.level AS after, count(*) AS customers
FROM (SELECT * FROM at WHERE name = 'before') b FULL JOIN (SELECT * FROM at WHERE name = 'after') a USING (customer_id)
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
""")
DURATIONS = text(f"""
SELECT level, count(*) AS customers, CAST(avg(days) AS double precision) AS mean_days,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median_days
FROM (
    SELECT level, until, extract(epoch FROM until - since) / 86400 AS days
    FROM (
        SELECT level, since, lead(since) OVER (PARTITION BY customer_id ORDER BY since) AS until
        FROM level_history h WHERE h.name = :name AND {OWN}
    ) AS step
) AS stay
WHERE until >= :from AND until < :to AND level IS NOT NULL
GROUP BY level ORDER BY level
""")


def record(
    session: Session,
    customer_ids: Sequence[UUID],
    names: Sequence[str],
    levels: Sequence[str | None],
    *,
    version: int,
    now: datetime,
) -> None:
    """Keep from when on customers have a level, line by line."""
    if customer_ids:
        lines = len(customer_ids)
        columns = {"customer_id": customer_ids, "name": names, "since": [now] * lines, "level": levels}
        put_columns(session, LevelHistory, {**columns, "scheme_version": [version] * lines}, on_conflict=REPLACE)


def at(session: Session, customer_id: UUID, instant: datetime) -> dict[str, Held]:
    """The levels a customer had at an instant, by name."""
    statement = (
        select(LevelHistory.name, LevelHistory.level, LevelHistory.since, LevelHistory.scheme_version)
        .where(LevelHistory.customer_id == customer_id, LevelHistory.since <= instant)
        .ext(distinct_on(LevelHistory.name))
        .order_by(LevelHistory.name, LevelHistory.since.desc())
    )
    return {row.name: Held(*row) for row in session.execute(statement)}


def of(session: Session, customer_id: UUID, names: Collection[str] | None, page: PageRequest) -> Listing[Any]:
    """One page of the levels a customer had, of these names or of all, the latest first."""
    statement = select(*LevelHistory.__table__.c).where(LevelHistory.customer_id == customer_id)
    if names is not None:
        statement = statement.where(LevelHistory.name.in_(names))
    return paginate(session, statement, page, SORTS, default="-since")


def movements(session: Session, name: str, before: datetime, after: datetime) -> Sequence[RowMapping]:
    """How many customers had one level at an instant and another, or the same, at a later one."""
    return session.execute(MOVEMENTS, {"name": name, "before": before, "after": after}).mappings().all()


def durations(session: Session, name: str, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """How long customers stayed in levels that they left between two instants, in days."""
    return session.execute(DURATIONS, {"name": name, "from": since, "to": until}).mappings().all()
