"""Statements that check all records, in one pass."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, RowMapping, Subquery, Text, Uuid, column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.profile.quality.rules import CHECKS
from services.profile.quality.schemas import Check
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

# `l`: what linked records say together; `u`: whose contact points wait; `d`: who may be one person with another.
RECORDS = (
    "FROM customer c LEFT JOIN customer_ref own ON own.customer_id = c.customer_id "
    "LEFT JOIN (SELECT r.canonical_id, count(DISTINCT m.gender) AS genders, count(DISTINCT m.birthday) AS birthdays, "
    "bool_or(m.channels <> '[]') AS reached, string_agg(m.channels::text, '') AS channels "
    "FROM customer_ref r JOIN customer m ON m.customer_id = r.customer_id WHERE r.canonical_id IN "
    "(SELECT canonical_id FROM customer_ref WHERE canonical_id <> customer_id) GROUP BY r.canonical_id) l "
    "ON l.canonical_id = c.customer_id "
    "LEFT JOIN (SELECT DISTINCT r.canonical_id FROM contact t JOIN customer_ref r ON r.customer_id = t.customer_id "
    "WHERE t.state = 'added' AND t.updated_at < :unverified) u ON u.canonical_id = c.customer_id "
    "LEFT JOIN (SELECT DISTINCT r.canonical_id FROM duplicate p "
    "CROSS JOIN LATERAL unnest(ARRAY[p.customer_id, p.other_id]) AS side(id) "
    "JOIN customer_ref r ON r.customer_id = side.id WHERE p.status = 'open') d ON d.canonical_id = c.customer_id "
    "WHERE c.status = 'active' AND c.archived_at IS NULL "
    "AND (own.canonical_id IS NULL OR own.canonical_id = c.customer_id)"
)
SUMS = ", ".join(
    f"count(*) FILTER (WHERE {one.among}) AS asked_{at}, "
    f"count(*) FILTER (WHERE {one.among} AND ({one.sql})) AS wrong_{at}"
    for at, one in enumerate(CHECKS)
)
REPORT = text(f"SELECT count(*) AS customers, {SUMS} {RECORDS}")

Bounds = Mapping[str, Any]  # untouched, unverified, today


def report(session: Session, bounds: Bounds) -> RowMapping:
    """How many customers there are; of each check by place, how many it asks about and how many are wrong."""
    return session.execute(REPORT, bounds).mappings().one()


def items(session: Session, checks: Sequence[Check], bounds: Bounds, page: PageRequest) -> Listing[Any]:
    """Customers for whom one of these checks is wrong, newest first; `faults` are the places of those checks."""
    found = _wrong(tuple(checks))
    sorts = {"registered_at": (found.c.registered_at, found.c.customer_id)}
    return paginate(session, select(*found.c).params(**bounds), page, sorts, default="-registered_at")


@lru_cache(maxsize=256)
def _wrong(checks: tuple[Check, ...]) -> Subquery:
    """Made of the checks' own words: what a caller sends only chooses among them."""
    holds = [f"(({one.among}) AND ({one.sql}))" for one in checks]
    places = ", ".join(f"CASE WHEN {one} THEN {at} END" for at, one in enumerate(holds))
    listed = f"to_jsonb(array_remove(ARRAY[{places}]::int[], NULL)) AS faults"
    statement = text(
        f"SELECT c.customer_id, c.number, c.kind, c.registered_at, {listed} {RECORDS} "
        f"AND ({' OR '.join(holds) or 'false'})"
    )
    columns = (column("customer_id", Uuid), column("number", Text), column("kind", Text))
    return statement.columns(
        *columns, column("registered_at", DateTime(timezone=True)), column("faults", JSONB)
    ).subquery("item")
