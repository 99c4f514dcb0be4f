"""Statements about groupings."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from services.scoring.groupings.rules import Move, Where
from services.scoring.segments.tables import SegmentsOf
from shared.db import among
from shared.ownership import CustomerOwner

COUNT = text("""
INSERT INTO grouping_move AS m (grouping, group_id, hour, cause, entered, "left")
SELECT :grouping, given.group_id, :hour, given.cause, given.entered, given.gone
FROM unnest(CAST(:groups AS uuid[]), CAST(:causes AS text[]), CAST(:entered AS bigint[]), CAST(:gone AS bigint[]))
    AS given (group_id, cause, entered, gone)
ORDER BY given.group_id, given.cause
ON CONFLICT (grouping, group_id, hour, cause)
DO UPDATE SET entered = m.entered + excluded.entered, "left" = m."left" + excluded."left"
""")
OWN = "JOIN customer_ref AS r ON r.customer_id = t.customer_id AND r.canonical_id = t.customer_id"
HELD = {
    "segments": (
        f"SELECT CAST(held AS uuid) AS group_id, t.customer_id FROM segments_of AS t {OWN} "
        "CROSS JOIN LATERAL jsonb_array_elements_text(t.members) AS held"
    ),
    "territories": (
        f"SELECT DISTINCT territory_id AS group_id, t.customer_id FROM customer_owner AS t {OWN} "
        "WHERE territory_id IS NOT NULL"
    ),
}


def _review(held: str) -> Any:
    return text(f"""
WITH size AS (
    SELECT group_id, count(*) AS customers FROM ({held}) AS h GROUP BY group_id
), moved AS (
    SELECT group_id, sum(entered) AS entered, sum(gone) AS "left",
        jsonb_agg(jsonb_build_object('cause', cause, 'entered', entered, 'left', gone) ORDER BY cause) AS causes
    FROM (
        SELECT group_id, cause, sum(entered)::bigint AS entered, sum("left")::bigint AS gone FROM grouping_move
        WHERE grouping = :grouping AND hour >= :since GROUP BY group_id, cause
    ) AS by_cause GROUP BY group_id
)
SELECT group_id, coalesce(customers, 0) AS customers, coalesce(entered, 0)::bigint AS entered,
    coalesce("left", 0)::bigint AS "left", coalesce(causes, '[]') AS causes
FROM size FULL JOIN moved USING (group_id)
ORDER BY coalesce(entered, 0) + coalesce("left", 0) DESC, customers DESC NULLS LAST, group_id LIMIT :most
""")


REVIEWS = {grouping: _review(held) for grouping, held in HELD.items()}


def segments_of(session: Session, customer_ids: Collection[UUID]) -> Where:
    """The segments that hold each customer."""
    statement = select(SegmentsOf.customer_id, SegmentsOf.members).where(among(SegmentsOf.customer_id, customer_ids))
    return {row[0]: {UUID(one) for one in row[1]} for row in session.execute(statement)}


def territories_of(session: Session, customer_ids: Collection[UUID]) -> Where:
    """The territories that each customer belongs to, in any role."""
    owner = CustomerOwner
    statement = select(owner.customer_id, owner.territory_id).where(among(owner.customer_id, customer_ids))
    found: dict[UUID, set[UUID]] = {}
    for customer_id, territory_id in session.execute(statement):
        found.setdefault(customer_id, set()).update([territory_id] if territory_id else [])
    return found


def count(session: Session, grouping: str, entered: Counter[Move], left: Counter[Move], hour: datetime) -> None:
    """Add to the moves of an hour."""
    moved = sorted({*entered, *left})
    if moved:
        columns = {"groups": [one[0] for one in moved], "causes": [one[1] for one in moved]}
        counts = {"entered": [entered[one] for one in moved], "gone": [left[one] for one in moved]}
        session.execute(COUNT, {"grouping": grouping, "hour": hour, **columns, **counts})


def review(session: Session, grouping: str, since: datetime, most: int) -> Sequence[RowMapping]:
    """How large each group is, and how many came and went since an instant, those that moved most first."""
    return session.execute(REVIEWS[grouping], {"grouping": grouping, "since": since, "most": most}).mappings().all()
