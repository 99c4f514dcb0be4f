"""The statements that measure a strategy on everybody it is for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

# Who stood at a level when it began, or came to it since; what counts is bought from then on.
AT_LEVEL = """
    SELECT customer_id, greatest(min(since), CAST(:since AS timestamptz)) AS entered
    FROM (
        SELECT customer_id, level, since, lead(since) OVER (PARTITION BY customer_id ORDER BY since) AS left_at
        FROM level_history WHERE name = :name
    ) AS stay
    WHERE level = :level AND since < :until AND (left_at IS NULL OR left_at > :since)
    GROUP BY customer_id
"""
IN_REGION = "SELECT customer_id, CAST(:since AS timestamptz) AS entered FROM customer WHERE region = :level"
IN_SEGMENT = """
    SELECT customer_id, CAST(:since AS timestamptz) AS entered
    FROM segments_of WHERE members @> jsonb_build_array(CAST(:level AS text))
"""
# The same slice of the hash as `rules.is_held_out`.
SLICE = """
    ('x' || substr(encode(sha256(convert_to(:code || ':' || CAST(a.customer_id AS text), 'UTF8')), 'hex'), 1, 8))
        ::bit(32)::bigint
"""


def _measure(audience: str) -> Any:
    return text(f"""
WITH audience AS ({audience}
), head AS (
    SELECT {SLICE} < :share * 4294967296.0 AS is_held_out, count(o.order_id) AS orders, coalesce(sum(o.net), 0) AS spend
    FROM audience a JOIN customer_ref r ON r.canonical_id = a.customer_id
    LEFT JOIN order_fact o ON o.customer_id = r.customer_id AND o.counted
        AND o.placed_at >= a.entered AND o.placed_at < :until
    GROUP BY a.customer_id
)
SELECT is_held_out, count(*) AS customers, avg(orders)::float8 AS orders, var_samp(orders)::float8 AS orders_variance,
    avg(spend)::float8 AS spend, var_samp(spend)::float8 AS spend_variance
FROM head GROUP BY is_held_out
""")


MEASURES = {"region": _measure(IN_REGION), "segment": _measure(IN_SEGMENT)}
AT = _measure(AT_LEVEL)


def groups(
    session: Session, kind: str, name: str, level: str, *, code: str, share: float, since: datetime, until: datetime
) -> Mapping[bool, RowMapping]:
    """Customers, mean and variance of orders and spend, by whether they are held out."""
    binds = {"name": name, "level": level, "code": code, "share": share, "since": since, "until": until}
    if kind in MEASURES:
        del binds["name"]
    rows = session.execute(MEASURES.get(kind, AT), binds).mappings()
    return {row["is_held_out"]: row for row in rows}
