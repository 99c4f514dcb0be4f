"""Statements that check all records, in one pass."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import DateTime, RowMapping, Text, Uuid, column, select, text
from sqlalchemy.orm import Session

from services.profile.quality.rules import CHECKS
from services.profile.quality.schemas import WorkFilter
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SOURCES = (
    "WITH absorbed AS (SELECT DISTINCT canonical_id FROM customer_ref WHERE canonical_id <> customer_id), "
    "linked AS (SELECT r.canonical_id, count(DISTINCT m.gender) AS genders, count(DISTINCT m.birthday) AS birthdays, "
    "bool_or(m.channels <> '[]') AS reached, string_agg(m.channels::text, '') AS channels "
    "FROM absorbed JOIN customer_ref r USING (canonical_id) JOIN customer m ON m.customer_id = r.customer_id "
    "GROUP BY r.canonical_id), "
    "unverified AS (SELECT DISTINCT r.canonical_id AS customer_id FROM contact t "
    "JOIN customer_ref r ON r.customer_id = t.customer_id WHERE t.state = 'added' AND t.updated_at < :unverified), "
    "doubted AS (SELECT DISTINCT r.canonical_id AS customer_id FROM duplicate p "
    "JOIN customer_ref r ON r.customer_id IN (p.customer_id, p.other_id) WHERE p.status = 'open') "
)
RECORDS = (
    "FROM customer c LEFT JOIN customer_ref own ON own.customer_id = c.customer_id "
    "LEFT JOIN linked l ON l.canonical_id = c.customer_id "
    "LEFT JOIN unverified u ON u.customer_id = c.customer_id LEFT JOIN doubted d ON d.customer_id = c.customer_id "
)
COUNTED = (
    "WHERE c.status = 'active' AND c.archived_at IS NULL "
    "AND (own.canonical_id IS NULL OR own.canonical_id = c.customer_id) "
)
SUMS = ", ".join(
    f"count(*) FILTER (WHERE {one.among}) AS asked_{at}, "
    f"count(*) FILTER (WHERE {one.among} AND ({one.sql})) AS wrong_{at}"
    for at, one in enumerate(CHECKS)
)
REPORT = text(f"{SOURCES} SELECT count(*) AS customers, {SUMS} {RECORDS} {COUNTED}")
CASES = ", ".join(f"('{one.fault}', '{one.field}', '{one.reason}', ({one.among}) AND ({one.sql}))" for one in CHECKS)
ITEMS = (
    text(
        f"{SOURCES} SELECT c.customer_id, c.number, c.kind, c.registered_at, v.fault, v.field, v.reason {RECORDS} "
        f"CROSS JOIN LATERAL (VALUES {CASES}) AS v(fault, field, reason, holds) {COUNTED} AND v.holds"
    )
    .columns(
        column("customer_id", Uuid),
        column("number", Text),
        column("kind", Text),
        column("registered_at", DateTime(timezone=True)),
        column("fault", Text),
        column("field", Text),
        column("reason", Text),
    )
    .subquery("item")
)
SORTS = {"registered_at": (ITEMS.c.registered_at, ITEMS.c.customer_id, ITEMS.c.fault, ITEMS.c.field, ITEMS.c.reason)}

Bounds = Mapping[str, Any]  # untouched, unverified, today


def report(session: Session, bounds: Bounds) -> RowMapping:
    """How many customers there are; of each check by place, how many it asks about and how many are wrong."""
    return session.execute(REPORT, bounds).mappings().one()


def items(session: Session, wanted: WorkFilter, bounds: Bounds, page: PageRequest) -> Listing[Any]:
    """What is wrong with whom, newest customers first."""
    statement = select(*ITEMS.c).params(**bounds)
    for name in ("fault", "field", "reason"):
        if values := getattr(wanted, name):
            statement = statement.where(ITEMS.c[name].in_(values))
    return paginate(session, statement, page, SORTS, default="-registered_at")
