"""Statements about the tiers that customers hold."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from services.scoring.tiers.tables import Tier
from shared.db import NOTHING, REPLACE, among, put
from shared.linking import CustomerRef
from shared.messaging.republish import Selection

STANDING = select(
    *(Tier.__table__.c[name] for name in ("customer_id", "tier", "valid_until")),
    *(Tier.__table__.c[name] for name in ("cause", "pinned_until", "scheme_version")),
)
OWN = select(CustomerRef.customer_id).where(CustomerRef.canonical_id == CustomerRef.customer_id)


def standing(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """By what it is known whether anything can move; who has none yet is absent."""
    return {row[0]: row for row in session.execute(STANDING.where(among(Tier.customer_id, customer_ids)))}


def locked(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows that nobody else moves until the transaction ends."""
    statement = select(Tier.__table__).where(among(Tier.customer_id, customer_ids)).order_by(Tier.customer_id)
    return {row["customer_id"]: dict(row) for row in session.execute(statement.with_for_update()).mappings().all()}


def rows(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What customers hold; who has none yet is absent."""
    statement = select(Tier.__table__).where(among(Tier.customer_id, customer_ids))
    return {row["customer_id"]: dict(row) for row in session.execute(statement).mappings().all()}


def of(session: Session, customer_id: UUID) -> dict[str, Any] | None:
    """The row of a canonical customer."""
    row = session.execute(select(Tier.__table__).where(Tier.customer_id == customer_id)).mappings().one_or_none()
    return None if row is None else dict(row)


def codes(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """The tiers that customers hold."""
    rows = session.execute(select(Tier.customer_id, Tier.tier).where(among(Tier.customer_id, customer_ids))).all()
    return {row[0]: row[1] for row in rows}


def save(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Write locked rows, and new ones unless somebody else was faster; those that were written."""
    fresh = [row for row in rows if row["version"] == 1]
    moved = [row for row in rows if row["version"] > 1]
    put(session, Tier, moved, on_conflict=REPLACE)
    added = {one.customer_id for one in put(session, Tier, fresh, on_conflict=NOTHING, returning=["customer_id"])}
    return moved + [row for row in fresh if row["customer_id"] in added]


def seen(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note under which scheme locked rows were looked at, where nothing else moved."""
    put(session, Tier, rows, on_conflict=REPLACE)


def share_in_grace(session: Session) -> float | None:
    """The share of canonical customers who lose their tier soon; None while nobody has one."""
    in_grace = func.count().filter(Tier.cause == "grace")
    row = session.execute(select(in_grace, func.count()).where(Tier.customer_id.in_(OWN))).one()
    return row[0] / row[1] if row[1] else None


def page(session: Session, selection: Selection) -> Sequence[Mapping[str, Any]]:
    """Tiers of canonical customers in their present version, by customer id."""
    statement = select(Tier.__table__).where(Tier.customer_id.in_(OWN))
    page = selection.narrowed(statement, Tier.customer_id, customer_id=Tier.customer_id, changed_at=Tier.recorded_at)
    return [dict(row) for row in session.execute(page).mappings()]
