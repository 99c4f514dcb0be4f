"""Statements about facts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.scoring.facts.tables import Arrival, OrderFact
from shared.contracts.base import CustomerEvent, Event, Origin
from shared.db import NEWER, Base, put

TOLD_LIVE = text(
    "UPDATE order_fact AS f SET origin = 'live' "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[])) AS told(order_id, version) "
    "WHERE f.order_id = told.order_id AND f.version = told.version AND f.origin <> 'live'"
)
HEAR = text("""
INSERT INTO heard AS h (customer_id, at)
SELECT customer_id, max(at)
FROM unnest(CAST(:ids AS uuid[]), CAST(:instants AS timestamptz[])) AS told (customer_id, at)
GROUP BY customer_id ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET at = excluded.at WHERE excluded.at > h.at
""")

SETTLED = timedelta(seconds=10)
Derived = Callable[[Any], Any]


def keep(session: Session, table: type[Base], events: Sequence[Event], **derived: Derived) -> int:
    """Store the newest standing of each subject; how many rows that moved."""
    rows = [_row(table, event, derived) for event in events]
    return len(put(session, table, rows, on_conflict=NEWER, returning=["version"]))


def confirm_live(session: Session, versions: Mapping[UUID, int]) -> None:
    """Orders whose version was told live count as live, also when a republished copy of it came first."""
    if versions:
        session.execute(TOLD_LIVE, {"ids": list(versions), "versions": list(versions.values())})


def hear(session: Session, events: Sequence[CustomerEvent]) -> None:
    """Keep when each customer was last heard of."""
    if events:
        told = {"ids": [one.customer_id for one in events], "instants": [one.occurred_at for one in events]}
        session.execute(HEAR, told)


def customers_of_orders(session: Session, order_ids: Sequence[UUID]) -> set[UUID]:
    """Whose the orders are as stored: a newer version may name another customer."""
    return set(session.scalars(select(OrderFact.customer_id).where(OrderFact.order_id.in_(order_ids))))


def last_arrival(session: Session, origin: Origin) -> datetime | None:
    """When facts of an origin last came in."""
    return session.scalar(select(Arrival.last_at).where(Arrival.origin == origin))


def is_quiet(session: Session, now: datetime) -> bool:
    """Whether no import is coming in: none of its facts came within the last ten seconds."""
    last = last_arrival(session, Origin.IMPORT)
    return last is None or now - last >= SETTLED


def _row(table: type[Base], event: Event, derived: Mapping[str, Derived]) -> dict[str, Any]:
    """What a table keeps of an event: the fields that are named like its columns, and the derived ones."""
    columns = [column for column in table.__table__.columns if column.name not in derived]
    nested = {column.name for column in columns if isinstance(column.type, JSONB)}
    return (
        {column.name: getattr(event, column.name) for column in columns if column.name not in nested}
        | event.model_dump(mode="json", include=nested)
        | {name: derive(event) for name, derive in derived.items()}
    )
