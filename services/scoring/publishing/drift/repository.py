"""Statements about how a scheme has aged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Float, Integer, RowMapping, cast, func, or_, select, text
from sqlalchemy.orm import Session

from services.scoring.scores.tables import Score
from shared.linking import CustomerRef

CLASSES = text("""
WITH own AS (
    SELECT customer_id FROM customer_ref WHERE canonical_id = customer_id
), earlier AS (
    SELECT DISTINCT ON (customer_id) customer_id, rfm_class FROM rfm_history
    WHERE since <= :since ORDER BY customer_id, since DESC
)
SELECT earlier.rfm_class AS before, rfm.rfm_class AS after, count(*) AS customers
FROM own LEFT JOIN earlier USING (customer_id) LEFT JOIN rfm USING (customer_id)
WHERE earlier.rfm_class IS NOT NULL OR rfm.rfm_class IS NOT NULL
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
""")
WARNED = text("""
WITH warned AS (
    SELECT r.canonical_id AS customer_id,
        coalesce(bool_or(w.raised_at <= :since AND (w.closed_at IS NULL OR w.closed_at > :since)), false) AS before,
        bool_or(w.status = 'open') AS after
    FROM warning AS w JOIN customer_ref AS r USING (customer_id) GROUP BY 1
)
SELECT CASE WHEN before THEN 'open' END AS before, CASE WHEN after THEN 'open' END AS after, count(*) AS customers
FROM warned WHERE before OR after GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
""")

HELD = """
    SELECT DISTINCT ON (customer_id, name) customer_id, name, level FROM level_history
    WHERE name = ANY (CAST(:names AS text[])) AND since <= :since ORDER BY customer_id, name, since DESC
"""
HELD_CLASSES = """
    SELECT DISTINCT ON (customer_id) customer_id, 'rfm_class' AS name, rfm_class AS level FROM rfm_history
    WHERE since <= :since ORDER BY customer_id, since DESC
"""


def _brought(held: str) -> Any:
    return text(f"""
WITH held AS ({held}
), bought AS (
    SELECT r.canonical_id AS customer_id, count(*) AS orders, sum(o.net) AS spend
    FROM order_fact AS o JOIN customer_ref AS r USING (customer_id)
    WHERE o.counted AND o.placed_at > :since AND o.placed_at <= :now GROUP BY 1
)
SELECT name, level, count(*) AS customers, avg((orders IS NOT NULL)::int)::float8 AS ordered_share,
    avg(coalesce(orders, 0))::float8 AS orders_per_head, avg(coalesce(spend, 0))::float8 AS spend_per_head
FROM held JOIN customer_ref AS own ON own.customer_id = held.customer_id AND own.canonical_id = own.customer_id
LEFT JOIN bought ON bought.customer_id = held.customer_id
WHERE level IS NOT NULL GROUP BY name, level ORDER BY name, spend_per_head DESC, level
""")


BROUGHT, BROUGHT_BY_CLASS = _brought(HELD), _brought(HELD_CLASSES)


def outcomes(session: Session, names: Sequence[str], since: datetime, now: datetime) -> Sequence[RowMapping]:
    """What customers bought since an instant, by the levels that they had then."""
    statement, binds = (BROUGHT_BY_CLASS, {}) if "rfm_class" in names else (BROUGHT, {"names": list(names)})
    return session.execute(statement, binds | {"since": since, "now": now}).mappings().all()


def classes(session: Session, since: datetime) -> Sequence[RowMapping]:
    """How many customers had one RFM class at an instant and have another, or the same, now."""
    return session.execute(CLASSES, {"since": since}).mappings().all()


def warned(session: Session, since: datetime) -> Sequence[RowMapping]:
    """How many customers were warned of at an instant and are so, or not, now."""
    return session.execute(WARNED, {"since": since}).mappings().all()


def edge_share(session: Session, edges: Mapping[str, Sequence[float]], margin: float) -> float | None:
    """The share of canonical customers with a number within `margin` of a cut; None while nobody has numbers."""
    near = [func.abs(Score.__table__.c[name] - cut) <= margin for name, cuts in edges.items() for cut in cuts]
    at_edge = func.coalesce(or_(*near), False) if near else cast(0, Integer) == 1
    statement = select(func.avg(cast(cast(at_edge, Integer), Float))).select_from(Score)
    own = CustomerRef.canonical_id == CustomerRef.customer_id
    share = session.scalar(statement.join(CustomerRef, CustomerRef.customer_id == Score.customer_id).where(own))
    return None if share is None else float(share)
