"""Marking customers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

MARK = text(
    "INSERT INTO assignment_due AS d (customer_id, due_at) "
    "SELECT c, :at FROM unnest(CAST(:ids AS uuid[])) AS c ORDER BY c "
    "ON CONFLICT (customer_id) DO UPDATE SET due_at = LEAST(d.due_at, excluded.due_at)"
)


def mark(session: Session, customer_ids: Collection[UUID], now: datetime) -> None:
    """Make customers due at once."""
    if customer_ids:
        session.execute(MARK, {"ids": list(set(customer_ids)), "at": now})
