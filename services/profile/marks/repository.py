"""Statements about marks."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from services.profile.marks.tables import QuietMark
from shared.db import among, put
from shared.ids import new_id

MARK = text(
    "INSERT INTO customer_due AS d (customer_id, next_at) "
    "SELECT customer_id, :now FROM customer_ref WHERE customer_id = ANY(CAST(:ids AS uuid[])) ORDER BY customer_id "
    "ON CONFLICT (customer_id) DO UPDATE SET next_at = excluded.next_at "
    "WHERE d.next_at IS NULL OR d.next_at > excluded.next_at"
)
LOOK = text(
    "INSERT INTO customer_due AS d (customer_id, next_at) "
    "SELECT id, at FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS given (id, at) ORDER BY id "
    "ON CONFLICT (customer_id) DO UPDATE SET next_at = LEAST(d.next_at, excluded.next_at)"
)


QUIET = text("SELECT mark_id, customer_id FROM quiet_mark WHERE customer_id = ANY(CAST(:ids AS uuid[]))")


def mark(session: Session, customer_ids: Collection[UUID], now: datetime) -> None:
    """Make ids due that others know; a visitor's is not among them."""
    session.execute(MARK, {"ids": list(customer_ids), "now": now})


def look_at(session: Session, times: Mapping[UUID, datetime]) -> None:
    """Have customers looked at no later than so."""
    session.execute(LOOK, {"ids": list(times), "times": list(times.values())})


def add_quiet(session: Session, customer_ids: Collection[UUID]) -> None:
    """Note that what happened to these is no news."""
    put(session, QuietMark, [{"mark_id": new_id(), "customer_id": one} for one in sorted(customer_ids)])


def quiet(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The quiet marks of these ids, each with its id."""
    return {row.mark_id: row.customer_id for row in session.execute(QUIET, {"ids": list(customer_ids)})}


def forget(session: Session, mark_ids: Collection[UUID]) -> None:
    """Take quiet marks away that were heeded."""
    session.execute(delete(QuietMark).where(among(QuietMark.mark_id, mark_ids)))
