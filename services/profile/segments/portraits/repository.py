"""One statement that counts what is known of a segment and of all customers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.profile.segments.compiling.rules import CANONICAL

MOST_VALUES = 20
DIMENSIONS = ("power", "frequency", "potential", "satisfaction", "loyalty", "churn")
TRAITS = {
    "customer.kind": "c.kind",
    "customer.gender": "c.gender",
    "customer.age_band": "c.age_band",
    "customer.region": "CASE WHEN c.region ~ '^[0-9]{6}$' THEN left(c.region, 2) || '0000' ELSE c.region END",
    "customer.source": "c.source",
    "customer.preferred_channel": "c.preferred_channel",
    "first_touch.medium": "c.first_touch ->> 'medium'",
    "tier": "t.tier",
    "rfm.class": "a.rfm_class",
    "score.value_class": "a.value_class",
    "score.lifecycle": "a.lifecycle",
    **{f"dimension.{name}": f"a.dimensions ->> '{name}'" for name in DIMENSIONS},
}
VALUES = ", ".join(f"('{name}', {sql})" for name, sql in TRAITS.items())
COUNTS = text(f"""
SELECT field, value, members, everybody,
       sum(members) OVER known AS members_known, sum(everybody) OVER known AS all_known
FROM (SELECT v.field, v.value, count(m.customer_id) AS members, count(*) AS everybody
      FROM {CANONICAL} LEFT JOIN assessment a ON a.customer_id = c.customer_id
      LEFT JOIN tier t ON t.customer_id = c.customer_id
      LEFT JOIN segment_member m ON m.customer_id = c.customer_id AND m.segment_id = :segment_id
      CROSS JOIN LATERAL (VALUES {VALUES}, ('', '')) AS v (field, value)
      WHERE c.status = 'active' AND v.value IS NOT NULL GROUP BY v.field, v.value) counted
WINDOW known AS (PARTITION BY field) ORDER BY field, members DESC, value
""")


def counts(session: Session, segment_id: UUID) -> Sequence[Row[Any]]:
    """How many of the segment and of all have each value, and of how many the field is known; field '' is everybody."""
    return session.execute(COUNTS, {"segment_id": segment_id}).all()
