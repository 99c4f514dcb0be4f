"""Statements about bands and scores."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, delete, func, select, text
from sqlalchemy.orm import Session

from services.scoring.rfm.rules import SCORES, Cuts, Scores
from services.scoring.rfm.tables import Rfm, RfmHistory
from services.scoring.statistics.tables import Statistics
from shared.db import REPLACE, among, put
from shared.linking import CustomerRef

# Mid-rank: of a value, the share of customers below it and half of those who share it.
BANDS = text("""
WITH base AS (
    SELECT s.orders::numeric AS orders, s.net_spend AS spend, -(CAST(:today AS date) - s.last_order_on)::numeric AS days
    FROM statistics s JOIN customer_ref r USING (customer_id)
    WHERE r.canonical_id = r.customer_id AND s.orders > 0
), tied AS (
    SELECT measure, value, count(*) AS n
    FROM base CROSS JOIN LATERAL (VALUES ('orders', orders), ('spend', spend), ('days', days)) AS m (measure, value)
    GROUP BY measure, value
), ranked AS (
    SELECT measure, value,
        (sum(n) OVER (PARTITION BY measure ORDER BY value) - n / 2.0) / sum(n) OVER (PARTITION BY measure) AS p
    FROM tied
)
SELECT measure, least(5, 1 + floor(5 * p))::int AS score, min(value) AS mark, max(value) AS best
FROM ranked GROUP BY measure, score
""")
STEPS = {"days": Decimal(1), "orders": Decimal(1), "spend": Decimal("0.0001")}
MOVEMENTS = text("""
WITH at AS (
    SELECT DISTINCT ON (customer_id, edge.name) customer_id, edge.name, h.rfm_class
    FROM (VALUES ('before', CAST(:before AS timestamptz)), ('after', CAST(:after AS timestamptz)))
        AS edge (name, instant)
    JOIN rfm_history h ON h.since <= edge.instant
    WHERE customer_id IN (SELECT customer_id FROM customer_ref WHERE canonical_id = customer_ref.customer_id)
    ORDER BY customer_id, edge.name, h.since DESC
)
SELECT b.rfm_class AS before, a.rfm_class AS after, count(*) AS customers
FROM (SELECT * FROM at WHERE name = 'before') b FULL JOIN (SELECT * FROM at WHERE name = 'after') a USING (customer_id)
WHERE a.rfm_class IS DISTINCT FROM b.rfm_class
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
""")


def measured(session: Session, today: date) -> Cuts | None:
    """The cuts that the present base gives; None when nobody has a counted order."""
    rows = session.execute(BANDS, {"today": today}).all()
    if not rows:
        return None
    cuts = {measure: _cuts([row for row in rows if row.measure == measure], step) for measure, step in STEPS.items()}
    days = tuple(-mark for mark in cuts["days"])
    return Cuts(days, cuts["orders"], cuts["spend"], base(session), today.isoformat())


def _cuts(rows: Sequence[Row[Any]], step: Decimal) -> tuple[float, ...]:
    """For each score the smallest value that reached it or a higher one; where none did, the next beyond the best."""
    beyond = max(row.best for row in rows) + step
    return tuple(float(min((row.mark for row in rows if row.score >= wanted), default=beyond)) for wanted in SCORES)


def base(session: Session) -> int:
    """How many customers have a counted order."""
    statement = (
        select(func.count())
        .select_from(Statistics)
        .join(CustomerRef, CustomerRef.customer_id == Statistics.customer_id)
    )
    own = CustomerRef.canonical_id == CustomerRef.customer_id
    return session.scalar(statement.where(own, Statistics.orders > 0)) or 0


def store(session: Session, new: Mapping[UUID, Scores], gone: Collection[UUID], version: int, now: datetime) -> None:
    """Write scores that changed and drop those of customers without orders; both leave a line of history."""
    plain = [
        {"customer_id": one, "r": s.r, "f": s.f, "m": s.m, "rfm_class": s.rfm_class}
        | {"scheme_version": version, "since": now}
        for one, s in new.items()
    ]
    put(session, Rfm, plain, on_conflict=REPLACE)
    session.execute(delete(Rfm).where(among(Rfm.customer_id, gone)))
    nothing = dict.fromkeys(("r", "f", "m", "rfm_class")) | {"scheme_version": version, "since": now}
    put(session, RfmHistory, plain + [{"customer_id": one} | nothing for one in gone], on_conflict=REPLACE)


def at(session: Session, customer_id: UUID, instant: datetime) -> RfmHistory | None:
    """What a customer scored at an instant."""
    statement = select(RfmHistory).where(RfmHistory.customer_id == customer_id, RfmHistory.since <= instant)
    return session.scalars(statement.order_by(RfmHistory.since.desc()).limit(1)).one_or_none()


def matrix(session: Session) -> Sequence[RowMapping]:
    """How many customers have each pair of r and f, with their class counts apart."""
    statement = select(Rfm.r, Rfm.f, Rfm.m, Rfm.rfm_class, func.count().label("customers"))
    own = select(CustomerRef.customer_id).where(CustomerRef.canonical_id == CustomerRef.customer_id)
    grouped = statement.where(Rfm.customer_id.in_(own)).group_by(Rfm.r, Rfm.f, Rfm.m, Rfm.rfm_class)
    return session.execute(grouped.order_by(Rfm.r.desc(), Rfm.f, Rfm.m)).mappings().all()


def movements(session: Session, before: datetime, after: datetime) -> Sequence[RowMapping]:
    """How many customers went from one class to another between two instants."""
    return session.execute(MOVEMENTS, {"before": before, "after": after}).mappings().all()
