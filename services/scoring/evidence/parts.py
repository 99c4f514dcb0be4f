"""The parts of the statements that read evidence: one array of numbers for each customer, and what it is made of."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Float,
    Label,
    Subquery,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, array

from services.scoring.customers.tables import Customer
from services.scoring.evidence.rules import SECONDS_A_DAY
from services.scoring.statistics.parts import members, of_members
from services.scoring.statistics.tables import Statistics


def _number(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as a float: days since 1970 for dates and instants."""
    if isinstance(column.type, Date):
        return column - literal_column("date '1970-01-01'")
    if isinstance(column.type, DateTime):
        return cast(func.extract("epoch", column), Float) / SECONDS_A_DAY
    return cast(column, Float)


COLUMNS = {
    column.name: _number(column)
    for column in Statistics.__table__.columns
    if not column.primary_key and not isinstance(column.type, JSONB | Text)
}
ARCHIVE = {name: _number(Customer.__table__.c[name]) for name in ("registered_at", "standing", "followers")}
BEYOND = ("price_tier", "referred_spend")


def beside(ids: str = ":ids") -> Subquery:
    """What lies beyond the statistics of customers, whose ids are a text with commas between.

    Where the prices a customer pays lie among those of the same category (0 = all cheapest, 1 = all dearest), and what
    the customers whom they brought have spent.
    """
    statement = text(f"""
WITH {members(ids)}, price AS (
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
    columns = {name: Float() for name in BEYOND}
    return statement.columns(customer_id=Uuid(), **columns).subquery("beside")


def names(*, beyond: bool) -> tuple[str, ...]:
    """What the numbers are, in their order."""
    return (*COLUMNS, *ARCHIVE, *(BEYOND if beyond else ()))


def numbers(known: Subquery | None) -> Label[Any]:
    """All numbers of a customer as one array: the driver describes and decodes each column of an answer in Python."""
    beyond: Mapping[str, ColumnElement[Any]] = {} if known is None else {name: known.c[name] for name in BEYOND}
    return array([*COLUMNS.values(), *ARCHIVE.values(), *beyond.values()], type_=Float).label("numbers")
