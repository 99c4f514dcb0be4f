"""Applying what profile publishes about orders."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.orders.tables import OrderState
from shared import linking
from shared.contracts.profile import Line, OrderRecorded
from shared.db import NEWER, among, put

SAME = (
    *("order_id", "customer_id", "version", "shop_order_id", "status", "test"),
    *("placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at", "currency", "rate"),
)


def record(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    """Keep the newest state of each order."""
    linking.ensure(session, {event.customer_id for event in events})
    put(session, OrderState, [_state(event) for event in events], on_conflict=NEWER)


def states(session: Session, order_ids: Collection[UUID]) -> dict[UUID, OrderState]:
    """Orders by id, as far as they are known."""
    rows = session.scalars(select(OrderState).where(OrderState.order_id.in_(order_ids))) if order_ids else ()
    return {row.order_id: row for row in rows}


def latest_of(session: Session, customer_ids: Collection[UUID]) -> OrderState | None:
    """The order that was placed last by any of these customer ids."""
    newest = select(OrderState).where(among(OrderState.customer_id, customer_ids)).order_by(OrderState.placed_at.desc())
    return session.scalars(newest.limit(1)).first()


def _state(event: OrderRecorded) -> dict[str, Any]:
    return {name: getattr(event, name) for name in SAME} | {
        "refunded_at": max((refund.at for refund in event.refunds), default=None),
        "total": event.totals.total,
        "charged": event.charged and event.charged.model_dump(mode="json"),
        "lines": [_line(line) for line in event.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "line_id": line.line_id,
        "sku": line.sku,
        "category": line.category,
        "quantity": line.quantity,
        "net": line.net,
    }
