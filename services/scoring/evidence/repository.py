"""The statements that read evidence."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.scoring.customers.tables import Customer
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import SECONDS_A_DAY, dated
from services.scoring.statistics.parts import MEMBERS, of_members
from services.scoring.statistics.tables import Statistics


def _number(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as a float: days since 1970 for dates and instants."""
    if isinstance(column.type, Date):
        return column - literal_column("date '1970-01-01'")
    if isinstance(column.type, DateTime):
        return cast(func.extract("epoch", column), Float) / SECONDS_A_DAY
    return cast(column, Float)


COLUMNS = {
    column.name: _number(column).label(column.name)
    for column in Statistics.__table__.columns
    if not column.primary_key and not isinstance(column.type, JSONB | Text)
}
ARCHIVE = {name: _number(Customer.__table__.c[name]).label(name) for name in ("registered_at", "standing", "followers")}

# Where the prices a customer pays lie among those of the same category (0 = all cheapest, 1 = all dearest), and what
# the customers whom they brought have spent.
BEYOND = text(f"""
WITH {MEMBERS}, price AS (
    SELECT f.customer_id, avg(width_bucket(l.unit_price::float8, p.marks) / 19.0) AS price_tier
    FROM (SELECT customer_id, lines FROM {of_members("order_fact", "lines", "counted")}) AS f
    CROSS JOIN LATERAL jsonb_to_recordset(f.lines) AS l(category text, unit_price numeric)
    JOIN price_scale p ON p.category = l.category
    WHERE EXISTS (SELECT FROM price_scale)
    GROUP BY f.customer_id
), brought AS (
    SELECT customer_id, referee_id
    FROM {of_members("referral_fact", "referee_id", "status IN ('qualified', 'rewarded') AND referee_id IS NOT NULL")}
    UNION
    SELECT member.customer_id, f.customer_id
    FROM member CROSS JOIN LATERAL (SELECT customer_id FROM customer WHERE referrer_id = origin_id OFFSET 0) AS f
), referred AS (
    SELECT person.customer_id, sum(s.net_spend) AS referred_spend
    FROM (
        SELECT DISTINCT b.customer_id, r.canonical_id
        FROM brought b CROSS JOIN LATERAL (
            SELECT canonical_id FROM customer_ref
            WHERE customer_id = b.referee_id AND canonical_id <> b.customer_id OFFSET 0
        ) AS r
    ) AS person
    CROSS JOIN LATERAL (SELECT net_spend FROM statistics WHERE customer_id = person.canonical_id OFFSET 0) AS s
    GROUP BY person.customer_id
)
SELECT own.customer_id, price_tier::float8, referred_spend::float8
FROM own LEFT JOIN price USING (customer_id) LEFT JOIN referred USING (customer_id)
""")
BESIDE = BEYOND.columns(customer_id=Uuid(), price_tier=Float(), referred_spend=Float()).subquery("beside")


def _columns(*, beyond: bool) -> dict[str, ColumnElement[Any]]:
    beside = {column.name: column for column in (BESIDE.c.price_tier, BESIDE.c.referred_spend)} if beyond else {}
    return {**COLUMNS, **ARCHIVE, **beside}


def _statement(*, beyond: bool) -> Select[Any]:
    whose, people = Statistics.__table__.c.customer_id, Customer.__table__
    source = Statistics.__table__.outerjoin(people, people.c.customer_id == whose)
    if beyond:
        source = source.outerjoin(BESIDE, BESIDE.c.customer_id == whose)
    main = Statistics.__table__.c.main_category
    columns = select(whose, main, people.c.facts, *_columns(beyond=beyond).values()).select_from(source)
    return columns.where(whose == any_(bindparam("people", type_=ARRAY(whose.type)))).order_by(whose)


# Built once: with its sixty columns that takes longer than to ask about one customer.
STATEMENTS = {beyond: _statement(beyond=beyond) for beyond in (True, False)}


def statistics(
    session: Session, customer_ids: Sequence[UUID], *, beyond: bool = True
) -> tuple[list[UUID], Mapping[str, Floats], list[str | None]]:
    """Customers who have statistics, by id, the columns of those, of their archive and of what lies `beyond`, and the
    main category of each.
    """
    ids = {"ids": ",".join(map(str, customer_ids))} if beyond else {}
    rows = session.execute(STATEMENTS[beyond], {"people": list(customer_ids), **ids}).all()
    columns = _columns(beyond=beyond)
    table = np.array([row[3:] for row in rows], dtype=np.float64).reshape(-1, len(columns))
    known = dict(zip(columns, np.ascontiguousarray(table.T), strict=True))
    people, categories, facts = ([row[at] for row in rows] for at in range(3))
    return people, {**known, **dated(facts)}, categories
