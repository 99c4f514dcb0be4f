"""Statements about measured recall."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, RowMapping, func, select, text
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

# A slot is hit by the first order of the same person that has the product, within the days given.
SLOTS = text("""
SELECT shown.slot, count(*) AS shown, count(*) FILTER (WHERE EXISTS (
    SELECT FROM customer_ref AS own JOIN customer_ref AS r ON r.canonical_id = own.canonical_id
    JOIN order_fact AS o ON o.customer_id = r.customer_id
    WHERE own.customer_id = shown.customer_id AND o.counted AND o.placed_at > shown.occurred_at
        AND o.placed_at <= shown.occurred_at + CAST(:within AS interval)
        AND o.lines @> jsonb_build_array(jsonb_build_object('sku', shown.sku))
)) AS bought
FROM (
    SELECT m.customer_id, m.occurred_at, s.sku, s.slot
    FROM message_fact AS m CROSS JOIN LATERAL jsonb_array_elements_text(m.skus) WITH ORDINALITY AS s (sku, slot)
    WHERE m.skus <> '[]' AND m.status NOT IN ('bounced', 'failed')
        AND m.occurred_at >= :since AND m.occurred_at < :until
) AS shown GROUP BY shown.slot ORDER BY shown.slot
""")


def slots(session: Session, since: datetime, until: datetime, within: timedelta) -> Sequence[RowMapping]:
    """Of each place in the lists of messages sent in a span: how often it was shown, and bought from afterwards."""
    return session.execute(SLOTS, {"since": since, "until": until, "within": within}).mappings().all()


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
