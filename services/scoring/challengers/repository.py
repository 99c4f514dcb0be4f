"""Statements that read the log of orders by column. Times are business days since 1970, amounts in base currency."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.scoring.estimators.as_of import ArrivedLog
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.orderlogs import OrderLog

AT_ONCE = 50_000  # rows
LONG = text("SET LOCAL statement_timeout = '30min'")

# An order is known from the day its present standing was told: what it was before is not kept.
PLACED = "(o.placed_at AT TIME ZONE :zone)::date - date '1970-01-01'"
TOLD = "(greatest(o.placed_at, o.occurred_at) AT TIME ZONE :zone)::date - date '1970-01-01'"
LOG = text(f"""
WITH person AS (
    SELECT customer_id, dense_rank() OVER (ORDER BY canonical_id) AS code FROM customer_ref
)
SELECT p.code, {PLACED}, greatest(o.net, 0)::float8, {TOLD}
FROM order_fact o JOIN person p USING (customer_id)
WHERE o.counted AND o.placed_at <= :now AND p.code % :every = 0
""")
LOG_OF = text(f"""
SELECT given.place, {PLACED}, greatest(o.net, 0)::float8
FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given (id, place)
CROSS JOIN LATERAL (SELECT customer_id FROM customer_ref WHERE canonical_id = given.id OFFSET 0) AS r
CROSS JOIN LATERAL (
    SELECT placed_at, net FROM order_fact
    WHERE customer_id = r.customer_id AND counted AND placed_at <= :now AND occurred_at <= :now OFFSET 0
) AS o
""")
SIZE = text("""
SELECT count(*) AS customers, min(s.first_order_on) - date '1970-01-01' AS first_day
FROM statistics s JOIN customer_ref r ON r.customer_id = s.customer_id AND r.canonical_id = s.customer_id
WHERE s.orders > 0
""")


def log(session: Session, zone: str, now: datetime, every: int) -> ArrivedLog:
    """Counted orders of every `every`-th person, by a number that means nothing elsewhere."""
    session.execute(LONG)
    binds = {"zone": zone, "now": now, "every": every}
    rows = session.execute(LOG, binds, execution_options={"yield_per": AT_ONCE})
    parts = [_table(part, 4) for part in rows.partitions()]
    who, time, amount, arrived = np.concatenate([*parts, np.empty((0, 4))]).T
    return ArrivedLog(who.astype(np.int32), time.copy(), amount.copy(), arrived.copy())


def log_of(session: Session, customer_ids: Sequence[UUID], zone: str, now: datetime) -> OrderLog:
    """Counted orders of canonical customers known by now; their number is their place among the ids, from 1."""
    rows = session.execute(LOG_OF, {"ids": list(customer_ids), "zone": zone, "now": now})
    who, time, amount = _table(rows.all(), 3).T
    return OrderLog(who.astype(np.int32), time.copy(), amount.copy())


def size(session: Session) -> tuple[int, float | None]:
    """How many canonical customers have ordered, and the first business day anybody did."""
    customers, first_day = session.execute(SIZE).one()
    return customers, None if first_day is None else float(first_day)


def _table(rows: Iterable[Iterable[float]], width: int) -> Floats:
    return np.fromiter(chain.from_iterable(rows), dtype=np.float64).reshape(-1, width)
