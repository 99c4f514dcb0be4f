"""Statements of the reports."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, RowMapping, Subquery, and_, cast, func, literal, null, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.profile.base import deployment
from services.profile.customers.tables import Customer
from services.profile.managers.tables import Manager
from services.profile.regions.fields import in_region
from services.profile.signals.tables import Assessment, Tier
from shared.db import among
from shared.linking import CustomerRef
from shared.money import exponent
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

ROLE = "account_manager"
BY_REGION = text(
    "WITH who AS MATERIALIZED ("
    "SELECT c.customer_id, r.code, c.registered_at, a.value_class, o.manager_id FROM customer c "
    "JOIN region r ON r.code IN (left(c.region, 2) || '0000', left(c.region, 4) || '00', c.region) "
    "AND r.parent IS NOT DISTINCT FROM CAST(:parent AS text) "
    "LEFT JOIN assessment a ON a.customer_id = c.customer_id "
    "LEFT JOIN customer_owner o ON o.customer_id = c.customer_id AND o.role = :role "
    "WHERE c.status = 'active' AND NOT EXISTS (SELECT FROM customer_ref l "
    "WHERE l.customer_id = c.customer_id AND l.canonical_id <> l.customer_id)), "
    "people AS (SELECT code, count(*) AS customers, "
    "count(*) FILTER (WHERE registered_at >= :start AND registered_at < :until) AS registered, "
    "count(*) FILTER (WHERE value_class = 'key' AND manager_id IS NULL) AS uncovered, "
    "count(*) FILTER (WHERE value_class = 'key') AS key, count(*) FILTER (WHERE value_class = 'high') AS high, "
    "count(*) FILTER (WHERE value_class = 'medium') AS medium, count(*) FILTER (WHERE value_class = 'low') AS low "
    "FROM who GROUP BY code), "
    "sales AS (SELECT w.code, coalesce(sum(o.base_net) FILTER (WHERE o.placed_at >= :start), 0) AS revenue, "
    "coalesce(sum(o.base_net) FILTER (WHERE o.placed_at < :start), 0) AS revenue_before, "
    "count(DISTINCT w.customer_id) FILTER (WHERE o.placed_at >= :start) AS active "
    "FROM who w JOIN customer_ref l ON l.canonical_id = w.customer_id "
    "JOIN customer_order o ON o.customer_id = l.customer_id "
    "WHERE o.status IN ('paid', 'shipped', 'delivered') AND NOT o.test "
    "AND o.placed_at >= :before AND o.placed_at < :until GROUP BY w.code) "
    "SELECT r.code, r.titles, coalesce(p.customers, 0) AS customers, coalesce(p.registered, 0) AS registered, "
    "coalesce(s.active, 0) AS active, coalesce(s.revenue, 0) AS revenue, "
    "coalesce(s.revenue_before, 0) AS revenue_before, coalesce(p.uncovered, 0) AS uncovered, "
    "coalesce(p.key, 0) AS key, coalesce(p.high, 0) AS high, coalesce(p.medium, 0) AS medium, "
    "coalesce(p.low, 0) AS low, f.as_of AS facts_of, f.households, f.firms, f.market_size, "
    "t.review_on AS strategy_review_on FROM region r "
    "LEFT JOIN people p ON p.code = r.code LEFT JOIN sales s ON s.code = r.code "
    "LEFT JOIN LATERAL (SELECT * FROM region_facts x WHERE x.code = r.code ORDER BY x.as_of DESC LIMIT 1) f ON true "
    "LEFT JOIN region_strategy t ON t.code = r.code "
    "WHERE r.parent IS NOT DISTINCT FROM CAST(:parent AS text) ORDER BY r.code"
)


def by_region(session: Session, parent: str | None, span: Mapping[str, datetime]) -> Sequence[RowMapping]:
    """The regions directly under one: customers, sales from `start` until `until` and from `before`, and facts."""
    return session.execute(BY_REGION, {"parent": parent, "role": ROLE, **span}).mappings().all()


def workload(
    session: Session, teams: Sequence[UUID] | None, regions: Sequence[str] | None, now: datetime, page: PageRequest
) -> Listing[Any]:
    """A page of managers in use: what they hold, in some regions, and what it may bring."""
    held = _held(regions)
    customers = func.coalesce(held.c.customers, 0)
    away = and_(Manager.absent_from <= now, or_(Manager.absent_until.is_(None), Manager.absent_until > now))
    statement = (
        select(
            *(Manager.manager_id, Manager.code, Manager.team_id, Manager.capacity),
            func.coalesce(away, literal(False)).label("away"),
            customers.label("customers"),
            *(func.coalesce(held.c[name], 0).label(name) for name in ("key_customers", "high_customers")),
            *_money(func.coalesce(held.c.expected, 0)),
            func.round(cast(customers, Numeric) / func.nullif(Manager.capacity, 0), 4).label("load"),
        )
        .outerjoin(held, held.c.manager_id == Manager.manager_id)
        .where(Manager.archived_at.is_(None))
    )
    if teams:
        statement = statement.where(among(Manager.team_id, teams))
    sorts = {"code": (Manager.code,), "customers": (customers, Manager.manager_id)}
    return paginate(session, statement, page, sorts, default="code")


def _held(regions: Sequence[str] | None) -> Subquery:
    counted = CustomerOwner.customer_id.distinct()
    held = (
        select(
            CustomerOwner.manager_id,
            func.count(counted).label("customers"),
            func.count(counted).filter(Assessment.value_class == "key").label("key_customers"),
            func.count(counted).filter(Assessment.value_class == "high").label("high_customers"),
            func.sum(Assessment.clv_12m).label("expected"),
        )
        .outerjoin(Assessment, Assessment.customer_id == CustomerOwner.customer_id)
        .where(CustomerOwner.manager_id.is_not(None), CustomerOwner.role == ROLE, _standing(CustomerOwner.customer_id))
        .group_by(CustomerOwner.manager_id)
    )
    if regions:
        where = select(Customer.customer_id).where(in_region(Customer.region, regions))
        held = held.where(CustomerOwner.customer_id.in_(where))
    return held.subquery()


def _standing(column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether a customer was not absorbed by another, who counts in their place."""
    absorbed = select(null()).where(CustomerRef.customer_id == column, CustomerRef.canonical_id != column)
    return ~absorbed.exists()


def _money(expected: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Iterator[ColumnElement[Any]]:
    base = deployment().base_currency
    yield func.round(expected, exponent(base)).label("expected")
    yield literal(base).label("currency")


def uncovered(session: Session, regions: Sequence[str] | None, page: PageRequest) -> Listing[Any]:
    """A page of key customers whom no account manager has, those who may bring most first."""
    expected = func.coalesce(Assessment.clv_12m, 0)
    statement = (
        select(
            *(Customer.customer_id, Customer.number, Customer.region, Tier.tier, CustomerOwner.team_id),
            *_money(Assessment.clv_12m),
        )
        .join(Assessment, Assessment.customer_id == Customer.customer_id)
        .outerjoin(Tier, Tier.customer_id == Customer.customer_id)
        .outerjoin(CustomerOwner, and_(CustomerOwner.customer_id == Customer.customer_id, CustomerOwner.role == ROLE))
        .where(Customer.status == "active", Assessment.value_class == "key", CustomerOwner.manager_id.is_(None))
        .where(_standing(Customer.customer_id))
    )
    if regions:
        statement = statement.where(in_region(Customer.region, regions))
    sorts = {"expected": (expected, Customer.customer_id)}
    return paginate(session, statement, page, sorts, default="-expected")
