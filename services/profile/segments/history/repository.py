"""Sizes out of the moves: what it is now, less what happened since."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

SIZES = text(
    "WITH day AS (SELECT d::date AS day FROM generate_series(CAST(:first AS date), CAST(:last AS date), '1 day') d), "
    "moved AS (SELECT (at AT TIME ZONE :zone)::date AS day, count(*) FILTER (WHERE entered) AS entered, "
    'count(*) FILTER (WHERE NOT entered) AS "left" FROM segment_move WHERE segment_id = :segment_id '
    "AND at >= CAST(:first AS date)::timestamp AT TIME ZONE :zone GROUP BY 1), "
    "present AS (SELECT count(*) AS size FROM segment_member WHERE segment_id = :segment_id) "
    'SELECT day.day, coalesce(m.entered, 0) AS entered, coalesce(m."left", 0) AS "left", '
    'present.size - coalesce((SELECT sum(l.entered - l."left") FROM moved l WHERE l.day > day.day), 0) AS size '
    "FROM day CROSS JOIN present LEFT JOIN moved m ON m.day = day.day ORDER BY day.day"
)


def sizes(session: Session, segment_id: UUID, first: date, last: date, zone: str) -> Sequence[Row[Any]]:
    """The size at the end of each day, both ends included, with how many entered and left."""
    binds = {"segment_id": segment_id, "first": first, "last": last, "zone": zone}
    return session.execute(SIZES, binds).all()
