"""Statements about products and costs, and who is touched by them."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.scoring.facts.catalogue.tables import ProductFact
from shared.db import among

MARK = (
    "INSERT INTO customer_due AS d (customer_id, next_at) "
    "SELECT customer_id, :at FROM ({}) AS touched GROUP BY customer_id ORDER BY customer_id "
    "ON CONFLICT (customer_id) DO UPDATE SET next_at = LEAST(d.next_at, excluded.next_at)"
)
BUYERS = text(MARK.format("SELECT customer_id FROM order_fact WHERE uncosted ?| CAST(:skus AS text[])"))
CONTACTED = text(MARK.format("SELECT customer_id FROM interaction_fact UNION ALL SELECT customer_id FROM message_fact"))


def costs_of(session: Session, skus: Collection[str]) -> dict[str, Decimal | None]:
    """What products cost, as far as they are known."""
    statement = select(ProductFact.sku, ProductFact.unit_cost).where(among(ProductFact.sku, skus))
    return dict(session.execute(statement).all())


def mark_buyers(session: Session, skus: Collection[str], now: datetime) -> None:
    """Make due whoever bought one of these without a cost of its own on the order line."""
    session.execute(BUYERS, {"skus": list(skus), "at": now})


def mark_contacted(session: Session, now: datetime) -> None:
    """Make due whoever was ever spoken or written to."""
    session.execute(CONTACTED, {"at": now})
