"""Statements about measured recall."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.scoring.baskets.parts import ITEMS, LINES
from services.scoring.baskets.tables import Level
from services.scoring.recommendations.quality.tables import RecommendationQuality
from shared.db import REPLACE, put

LONG = text("SET LOCAL statement_timeout = '30min'")
AT_ONCE = 50_000  # lines
# The same customers each time: in the order of a hash of their ids.
SAMPLE = """
WITH person AS MATERIALIZED (
    SELECT customer_id, row_number() OVER () - 1 AS place
    FROM (
        SELECT customer_id FROM statistics WHERE order_days > 1 ORDER BY md5(CAST(customer_id AS text)) LIMIT :most
    ) AS drawn
)
SELECT place, {item} AS item, ((o.placed_at AT TIME ZONE :zone)::date - date '1970-01-01')::float8 AS day
FROM person CROSS JOIN LATERAL (
    SELECT f.placed_at, f.lines FROM customer_ref r JOIN order_fact f ON f.customer_id = r.customer_id
    WHERE r.canonical_id = person.customer_id AND f.counted
) AS o CROSS JOIN LATERAL {lines} AND {item} IS NOT NULL
"""


def lines(session: Session, level: Level, customers: int, zone: str) -> Iterator[Sequence[Row[Any]]]:
    """Order lines (customer number, item, day) of a sample of those with two order days or more, in portions."""
    session.execute(LONG)
    statement = text(SAMPLE.format(item=ITEMS[level], lines=LINES))
    result = session.execute(statement, {"most": customers, "zone": zone}, execution_options={"yield_per": AT_ONCE})
    return iter(result.partitions())


def store(session: Session, row: Mapping[str, Any]) -> None:
    """Keep a measurement."""
    put(session, RecommendationQuality, [row], on_conflict=REPLACE)


def latest(session: Session) -> Sequence[RecommendationQuality]:
    """The latest measurement of each level."""
    table = RecommendationQuality
    statement = select(table).ext(distinct_on(table.level)).order_by(table.level.desc(), table.as_of.desc())
    return session.scalars(statement).all()


def measured_at(session: Session) -> datetime | None:
    """When recall was last measured."""
    return session.scalar(select(func.max(RecommendationQuality.as_of)))
