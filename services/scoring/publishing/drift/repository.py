"""Statements about how a scheme has aged."""

from collections.abc import Mapping, Sequence
from datetime import datetime

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
