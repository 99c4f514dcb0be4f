"""Statements about what is bought by category."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# A line that was given back entirely was not bought; the catalogue's category goes before the shop's.
OWN = text("""
SELECT coalesce(p.category, line ->> 'category') AS category,
    count(DISTINCT (o.placed_at AT TIME ZONE :zone)::date) AS days
FROM customer_ref r
JOIN order_fact o ON o.customer_id = r.customer_id
CROSS JOIN LATERAL jsonb_array_elements(o.lines) AS line
LEFT JOIN product_fact p ON p.sku = line ->> 'sku'
WHERE r.canonical_id = :customer_id AND o.counted
    AND CAST(line ->> 'quantity' AS numeric) > CAST(line ->> 'refunded_quantity' AS numeric)
    AND coalesce(p.category, line ->> 'category') IS NOT NULL
GROUP BY 1
""")
SHARED = text("""
SELECT i.item, i.baskets::float8 / m.baskets
FROM (SELECT baskets FROM basket_mining WHERE level = 'category' ORDER BY generation DESC LIMIT 1) AS m
JOIN basket_item i ON i.level = 'category'
WHERE m.baskets > 0 ORDER BY i.baskets DESC LIMIT :most
""")


def own(session: Session, customer_id: UUID, zone: str) -> dict[str, int]:
    """Order days of a canonical customer by category."""
    return {row[0]: row[1] for row in session.execute(OWN, {"customer_id": customer_id, "zone": zone})}


def shared(session: Session, most: int) -> dict[str, float]:
    """The share of everybody's orders that hold a category, of the most frequent, as mined last; empty before."""
    return {row[0]: row[1] for row in session.execute(SHARED, {"most": most})}
