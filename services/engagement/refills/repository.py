"""Statements about goods that were bought again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

BOUGHT_AGAIN = text("""
SELECT DISTINCT given.id
FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:skus AS text[]), CAST(:since AS timestamptz[]))
  AS given (id, person, sku, since)
JOIN customer_ref AS r ON r.canonical_id = given.person
JOIN order_state AS o ON o.customer_id = r.customer_id AND o.placed_at > given.since
WHERE o.status NOT IN ('cancelled', 'refunded') AND NOT o.test
  AND o.lines @> jsonb_build_array(jsonb_build_object('sku', given.sku))
""")


def bought_again(session: Session, purchases: Sequence[tuple[UUID, UUID, str, datetime]]) -> set[UUID]:
    """Of purchases (id, canonical customer, sku, when) those whose product a later order of the person has."""
    if not purchases:
        return set()
    names = ("ids", "people", "skus", "since")
    columns = [list(column) for column in zip(*purchases, strict=True)]
    return set(session.scalars(BOUGHT_AGAIN, dict(zip(names, columns, strict=True))))
