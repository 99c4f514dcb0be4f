"""Statements about customers by value."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Numeric, RowMapping, Select, String, Uuid, func, select, text
from sqlalchemy.orm import Session

from services.scoring.scores.tables import Score
from services.scoring.statistics.tables import Statistics
from shared import ownership
from shared.auth.caller import Caller
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

Chosen = tuple[Select[*tuple[Any, ...]], Any, str]  # a statement, its column of spend, and the order

CLASSES = text("""
SELECT c.value_class AS code, count(*) AS customers, coalesce(sum(s.net_spend), 0) AS net_spend
FROM score c JOIN customer_ref r ON r.customer_id = c.customer_id AND r.canonical_id = c.customer_id
    JOIN statistics s ON s.customer_id = c.customer_id
GROUP BY c.value_class ORDER BY 3 DESC
""")
# Customers by what they spent, the most first: A reach 80 % of it, B the next 15 %; and by their place in the row.
RANKED = (
    text("""
WITH ranked AS (
    SELECT s.customer_id, s.net_spend, sum(s.net_spend) OVER by_spend - s.net_spend AS above,
        sum(s.net_spend) OVER () AS total, (row_number() OVER by_spend - 0.5) / count(*) OVER () AS place
    FROM statistics s JOIN customer_ref r ON r.customer_id = s.customer_id AND r.canonical_id = s.customer_id
    WHERE s.orders > 0
    WINDOW by_spend AS (ORDER BY s.net_spend DESC, s.customer_id)
)
SELECT customer_id, net_spend,
    CASE WHEN above < 0.8 * total THEN 'A' WHEN above < 0.95 * total THEN 'B' ELSE 'C' END AS abc,
    CASE WHEN place < 0.01 THEN 'top' WHEN place < 0.05 THEN 'large'
        WHEN place < 0.2 THEN 'medium' ELSE 'small' END AS pyramid
FROM ranked
""")
    .columns(customer_id=Uuid(), net_spend=Numeric(), abc=String(), pyramid=String())
    .subquery("named")
)


def by_class(session: Session) -> Sequence[RowMapping]:
    """Customers and spend by value class."""
    return session.execute(CLASSES).mappings().all()


def by_rank(session: Session) -> Sequence[RowMapping]:
    """Customers and spend by ABC and pyramid."""
    by = (RANKED.c.abc, RANKED.c.pyramid)
    sums = func.count().label("customers"), func.sum(RANKED.c.net_spend).label("net_spend")
    return session.execute(select(*by, *sums).group_by(*by)).mappings().all()


def in_class(code: str) -> Chosen:
    """The customers who are in a class now, the most valuable first."""
    statement = (
        select(Score.customer_id, Score.composite, Score.clv_12m, Statistics.net_spend)
        .join(Statistics, Statistics.customer_id == Score.customer_id)
        .join(CustomerRef, CustomerRef.customer_id == Score.customer_id)
        .where(Score.value_class == code, CustomerRef.canonical_id == CustomerRef.customer_id)
    )
    return statement, Statistics.net_spend, "-composite"


def in_group(by: str, code: str) -> Chosen:
    """A group by ABC or of the pyramid, who spent the most first."""
    statement = (
        select(Score.customer_id, Score.composite, Score.clv_12m, RANKED.c.net_spend)
        .join(RANKED, RANKED.c.customer_id == Score.customer_id)
        .where(RANKED.c[by] == code)
    )
    return statement, RANKED.c.net_spend, "-net_spend"


def listed(session: Session, chosen: Chosen, page: PageRequest, caller: Caller) -> Listing[Any]:
    """One page of them, as far as the caller may see them."""
    statement, spend, order = chosen
    narrowed = ownership.narrowed(statement, Score.customer_id, caller)
    return paginate(session, narrowed, page, _sorts(spend), default=order)


def _sorts(net_spend: Any) -> dict[str, tuple[Any, ...]]:
    numbers = {name: func.coalesce(Score.__table__.c[name], -1.0) for name in ("composite", "clv_12m")}
    return {name: (number, Score.customer_id) for name, number in {**numbers, "net_spend": net_spend}.items()}
