"""Statements about strategies."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.scoring.customers.tables import Customer
from services.scoring.strategies.schemas import AppliesKind
from services.scoring.strategies.tables import Strategy
from shared.db import NOTHING, REPLACE, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "priority": (Strategy.priority, Strategy.strategy_id),
    "code": (Strategy.code,),
    "created_at": (Strategy.created_at, Strategy.strategy_id),
    "updated_at": (Strategy.updated_at, Strategy.strategy_id),
}


def listed(session: Session, page: PageRequest, kinds: Sequence[AppliesKind] | None) -> Listing[Any]:
    """Strategies in use, the most important first."""
    wanted = select(Strategy).where(Strategy.archived_at.is_(None))
    if kinds:
        wanted = wanted.where(Strategy.applies_to["kind"].astext.in_(kinds))
    return paginate(session, wanted, page, SORTS, default="-priority")


def in_use(session: Session) -> Sequence[Strategy]:
    """All strategies that are not archived."""
    return session.scalars(select(Strategy).where(Strategy.archived_at.is_(None)).order_by(Strategy.code)).all()


def count(session: Session) -> int:
    """How many strategies are not archived."""
    return session.scalar(select(func.count()).where(Strategy.archived_at.is_(None))) or 0


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Store strategies whose code is not taken; the ids of those."""
    found = put(session, Strategy, rows, on_conflict=NOTHING, key=["code"], returning=["strategy_id"])
    return [row.strategy_id for row in found]


def by_code(session: Session) -> dict[str, Strategy]:
    """All strategies, archived ones too, that nobody else changes until the transaction ends."""
    return {row.code: row for row in session.scalars(select(Strategy).order_by(Strategy.code).with_for_update())}


def replace(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store these strategies and archive all others."""
    put(session, Strategy, rows, on_conflict=REPLACE)
    others = update(Strategy).where(Strategy.archived_at.is_(None))
    others = others.where(~among(Strategy.strategy_id, [row["strategy_id"] for row in rows]))
    session.execute(others.values(archived_at=now, updated_at=now, version=Strategy.version + 1))


def regions(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """Where customers live, as far as it is known."""
    statement = select(Customer.customer_id, func.coalesce(Customer.region, "")).where(
        among(Customer.customer_id, customer_ids)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
