"""Statements about articles that the catalogue does not know."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, func, literal, select, text
from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.orders.gaps.tables import ProductGap
from services.profile.products.tables import Product
from shared.db import REPLACE, among, put
from shared.money import exponent
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "revenue": (ProductGap.revenue, ProductGap.sku),
    "orders": (ProductGap.orders, ProductGap.sku),
    "first_at": (ProductGap.first_at, ProductGap.sku),
    "last_at": (ProductGap.last_at, ProductGap.sku),
}
# A row that is due well after this transaction has ended will be counted with it: most orders write nothing here.
NOTE = text("""
INSERT INTO product_gap AS g (sku, orders, revenue, due_at)
SELECT seen.sku, 0, 0, :now FROM unnest(CAST(:skus AS text[])) AS seen (sku)
WHERE NOT EXISTS (SELECT FROM product p WHERE p.sku = seen.sku)
    AND NOT EXISTS (SELECT FROM product_gap due WHERE due.sku = seen.sku AND due.due_at > :soon)
ORDER BY seen.sku
ON CONFLICT (sku) DO UPDATE SET due_at = GREATEST(excluded.due_at, g.counted_at + CAST(:rest AS interval))
RETURNING g.sku
""")
COUNT = text("""
SELECT seen.sku, count(DISTINCT o.order_id) AS orders, min(o.placed_at) AS first_at, max(o.placed_at) AS last_at,
    coalesce(sum(o.net) FILTER (WHERE o.status IN ('paid', 'shipped', 'delivered')), 0) AS revenue
FROM unnest(CAST(:skus AS text[])) AS seen (sku) LEFT JOIN LATERAL (
    SELECT order_id, placed_at, status, line.net
    FROM customer_order CROSS JOIN LATERAL jsonb_to_recordset(lines) AS line (sku text, net numeric)
    WHERE lines @> jsonb_build_array(jsonb_build_object('sku', seen.sku)) AND line.sku = seen.sku
        AND customer_id IS NOT NULL AND NOT test
) AS o ON true
GROUP BY seen.sku
""")


def note(session: Session, skus: Collection[str], now: datetime, *, soon: timedelta, rest: timedelta) -> set[str]:
    """Have those that the catalogue does not know counted: at once when new, else `rest` after the last time.

    Which those are; others are known, or are due only after `soon`.
    """
    return set(session.scalars(NOTE, {"skus": sorted(skus), "now": now, "soon": now + soon, "rest": rest}))


def count(session: Session, skus: Collection[str]) -> Sequence[Row[Any]]:
    """What orders say of these; refunds are taken off."""
    return session.execute(COUNT, {"skus": list(skus)}).all()


def settle(session: Session, counted: Sequence[Row[Any]], stamp: datetime, now: datetime) -> None:
    """Write counts, but not of what was noted again since it was claimed: that is counted anew."""
    skus = [row.sku for row in counted]
    claimed = select(ProductGap.sku).where(among(ProductGap.sku, skus), ProductGap.due_at == stamp)
    free = set(session.scalars(claimed.with_for_update(skip_locked=True)))
    told = {"counted_at": now, "due_at": None}
    put(session, ProductGap, [{**row._mapping, **told} for row in counted if row.sku in free], on_conflict=REPLACE)


def listed(session: Session, page: PageRequest) -> Listing[Any]:
    """One page of what orders name and the catalogue does not, in base currency."""
    base = deployment().base_currency
    revenue = func.round(ProductGap.revenue, exponent(base)).label("revenue")
    columns = (ProductGap.sku, ProductGap.orders, revenue, ProductGap.first_at, ProductGap.last_at)
    unknown = ~exists().where(Product.sku == ProductGap.sku)
    statement = select(*columns, literal(base).label("currency")).where(ProductGap.orders > 0, unknown)
    return paginate(session, statement, page, SORTS, default="-revenue")
