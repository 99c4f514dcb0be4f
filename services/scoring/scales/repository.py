"""The statements that freeze prices."""

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from services.scoring.scales.tables import PriceScale

FREEZE = text("""
INSERT INTO price_scale (category, marks)
SELECT l.category, percentile_cont(
    ARRAY(SELECT n / 20.0 FROM generate_series(1, 19) AS n)::float8[]
) WITHIN GROUP (ORDER BY l.unit_price::float8)
FROM order_fact o
CROSS JOIN LATERAL jsonb_to_recordset(o.lines) AS l(category text, unit_price numeric)
WHERE o.counted AND l.category IS NOT NULL AND l.unit_price > 0
GROUP BY l.category HAVING count(*) >= :least
""")
LEAST_LINES = 20  # of a category, or its prices say nothing


def freeze_prices(session: Session) -> None:
    """Take the prices of each category as they are now."""
    session.execute(delete(PriceScale))
    session.execute(FREEZE, {"least": LEAST_LINES})
