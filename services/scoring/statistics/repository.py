"""The one statement that computes statistics, and the statements that store, compare and read them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.scoring.statistics.parts import COMBINED, JOINED, PARTS, PROMOTION_DAYS, members, of_members
from services.scoring.statistics.tables import Statistics
from shared.db import among, to_json
from shared.due import CustomerDue
from shared.linking import CustomerRef

LIVING = (CustomerRef.canonical_id == CustomerRef.customer_id) & CustomerRef.erased_at.is_(None)
COLUMNS = [column for column in Statistics.__table__.columns if column.name != Statistics.changed_at.key]
NAMES = [column.name for column in COLUMNS]


def _selected(name: str) -> str:
    """A column of the result in the type it is stored in, so that computed and stored rows compare as they are."""
    column = Statistics.__table__.c[name]
    zero = "jsonb '{}'" if isinstance(column.type, JSONB) else "0"
    found = COMBINED.get(name, name)
    value = found if column.nullable or column.primary_key else f"coalesce({found}, {zero})"
    return f"CAST({value} AS {column.type.compile(dialect=postgresql.dialect())}) AS {name}"  # type: ignore[no-untyped-call]


def _names_of(part: str) -> str:
    return ", ".join(f"{part}.{name}" for name in NAMES)


COMPUTED = f"""
WITH {PARTS}
SELECT {", ".join(map(_selected, NAMES))}
FROM own
{" ".join(f"LEFT JOIN {part} USING (customer_id)" for part in JOINED)}
"""
# Who has the numbers already is passed over: to find that out by the conflict would lock, and so write, each row.
STORE = text(f"""
INSERT INTO statistics ({", ".join(NAMES)}, changed_at)
SELECT {_names_of("computed")}, :now
FROM ({COMPUTED}) AS computed LEFT JOIN LATERAL (
    SELECT * FROM statistics AS t WHERE t.customer_id = computed.customer_id OFFSET 0
) AS known ON true
WHERE ({_names_of("computed")}) IS DISTINCT FROM ({_names_of("known")})
ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*NAMES, "changed_at"))}
RETURNING customer_id
""").columns(Statistics.customer_id)
COMPUTE = text(COMPUTED).columns(*COLUMNS)
PROMOTED = text(f"""
WITH {members()}, promotion AS MATERIALIZED ({PROMOTION_DAYS.format(periods=":periods")})
SELECT customer_id, avg(CAST(
    discount > 0 OR coupons > 0
    OR coalesce((SELECT days FROM promotion) @> (placed_at AT TIME ZONE :zone)::date, false) AS int
))::float
FROM {of_members("order_fact", "discount, coupons, placed_at", "counted AND NOT test")} GROUP BY customer_id
""")

# Advisory, so that whoever stores facts never waits for it; in key order, so that two never wait in a circle.
ALONE = text("""
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended('assess:' || id, 0) AS key FROM unnest(CAST(:ids AS text[])) AS id ORDER BY key
) AS keys
""")
MARK_FREE = text("""
UPDATE customer_due AS d SET next_at = least(d.next_at, :at)
FROM (
    SELECT customer_id FROM customer_due WHERE customer_id = ANY(CAST(:ids AS uuid[])) FOR UPDATE SKIP LOCKED
) AS free
WHERE d.customer_id = free.customer_id RETURNING d.customer_id
""").columns(CustomerDue.customer_id)


def alone(session: Session, customer_ids: Collection[UUID]) -> None:
    """Wait until nobody else works on these people: what is read of them afterwards is newer than what others wrote."""
    session.execute(ALONE, {"ids": [str(one) for one in customer_ids]})


def mark_free(session: Session, customer_ids: Collection[UUID], at: datetime) -> set[UUID]:
    """Make due those of the customers whose mark nobody holds this moment; the others, to be marked after the commit.

    Who is alone with people must not wait for marks: whoever holds one may wait to be alone with the same people.
    """
    return set(customer_ids) - set(session.scalars(MARK_FREE, {"ids": list(customer_ids), "at": at}).all())


def store(session: Session, customer_ids: Sequence[UUID], zone: str, now: datetime) -> Sequence[UUID]:
    """Recompute customers from the facts of all their ids; those whose row changed. Absorbed ids are passed over."""
    return session.scalars(STORE, {"ids": ",".join(map(str, customer_ids)), "zone": zone, "now": now}).all()


def facts_at(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, datetime | None]:
    """When the newest order fact of customers happened."""
    statement = select(Statistics.customer_id, Statistics.fact_at)
    return {row[0]: row[1] for row in session.execute(statement.where(among(Statistics.customer_id, customer_ids)))}


def of(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The stored statistics of canonical customers."""
    rows = session.execute(select(Statistics.__table__).where(among(Statistics.customer_id, customer_ids)))
    return {row["customer_id"]: dict(row) for row in rows.mappings().all()}


def people(session: Session) -> int:
    """How many canonical customers there are."""
    return session.scalar(select(func.count()).select_from(CustomerRef).where(LIVING)) or 0


def computed(session: Session, customer_ids: Sequence[UUID], zone: str) -> dict[UUID, dict[str, Any]]:
    """What the statistics of customers should be, computed from the facts and not stored."""
    rows = session.execute(COMPUTE, {"ids": ",".join(map(str, customer_ids)), "zone": zone})
    return {row["customer_id"]: dict(row) for row in rows.mappings().all()}


def promotion_shares(
    session: Session, customer_ids: Sequence[UUID], periods: Sequence[Mapping[str, Any]], zone: str
) -> dict[UUID, float]:
    """What `promotion_share` of customers would be if these were the periods of promotions."""
    binds = {"ids": ",".join(map(str, customer_ids)), "periods": to_json(periods), "zone": zone}
    return {row[0]: row[1] for row in session.execute(PROMOTED, binds).all()}


def people_after(session: Session, after: UUID | None, limit: int) -> list[UUID]:
    """The next canonical ids in order."""
    statement = select(CustomerRef.customer_id).where(LIVING)
    if after is not None:
        statement = statement.where(CustomerRef.customer_id > after)
    return list(session.scalars(statement.order_by(CustomerRef.customer_id).limit(limit)))
