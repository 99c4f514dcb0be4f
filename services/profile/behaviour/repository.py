"""Statements about behaviour."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.orm import Session

from services.profile.behaviour.rules import PUBLISH_EVERY, TOP_CATEGORIES, activity_id_of
from services.profile.behaviour.tables import ActivityDay, BehaviourEvent
from shared.contracts.base import Origin
from shared.db import NOTHING, among, put
from shared.messaging.republish import Selection

COLUMNS = tuple(ActivityDay.__table__.c)
LOCK = text("SELECT FROM activity_day WHERE activity_id = ANY(CAST(:ids AS uuid[])) ORDER BY activity_id FOR UPDATE")

# A customer known to others has a row in customer_ref, a visitor gets one when identified.
RECOUNT = text(
    "WITH touched AS (SELECT * FROM unnest(CAST(:customers AS uuid[]), CAST(:days AS date[])) AS t(customer_id, day)), "
    "event AS (SELECT customer_id, day, measure, category, occurred_at "
    "FROM behaviour_event JOIN touched USING (customer_id, day)), "
    "last AS (SELECT customer_id, day, max(occurred_at) AS at FROM event GROUP BY customer_id, day), "
    "measured AS (SELECT customer_id, day, jsonb_object_agg(measure, n) AS counts FROM (SELECT customer_id, day, "
    "measure, count(*) AS n FROM event WHERE measure IS NOT NULL GROUP BY 1, 2, 3) m GROUP BY customer_id, day), "
    "sorted AS (SELECT customer_id, day, jsonb_object_agg(category, n) AS categories FROM (SELECT customer_id, day, "
    "category, count(*) AS n, "
    "row_number() OVER (PARTITION BY customer_id, day ORDER BY count(*) DESC, category) AS place "
    "FROM event WHERE category IS NOT NULL GROUP BY 1, 2, 3) c WHERE place <= :top GROUP BY customer_id, day) "
    "UPDATE activity_day a SET counts = COALESCE(measured.counts, '{}'), "
    "categories = COALESCE(sorted.categories, '{}'), last_at = last.at, origin = :origin, version = a.version + 1, "
    "recorded_at = :now, "
    "publish_at = CASE WHEN EXISTS (SELECT FROM customer_ref r WHERE r.customer_id = a.customer_id) "
    "THEN LEAST(a.publish_at, GREATEST(:now, a.published_at + :pause)) END "
    "FROM last LEFT JOIN measured USING (customer_id, day) LEFT JOIN sorted USING (customer_id, day) "
    "WHERE a.customer_id = last.customer_id AND a.day = last.day"
)

RELEASE = text(
    "UPDATE activity_day a SET publish_at = :now FROM customer_ref r WHERE r.canonical_id <> r.customer_id "
    "AND a.customer_id = r.customer_id AND a.publish_at IS NULL AND a.published_version = 0 RETURNING a.activity_id"
)


def append(session: Session, rows: Sequence[Mapping[str, Any]]) -> Sequence[Row[Any]]:
    """Store events; source, message id, customer and day of those not stored before."""
    key = ["source", "message_id", "customer_id", "day"]
    return put(session, BehaviourEvent, rows, on_conflict=NOTHING, returning=key)


def recount(session: Session, touched: Collection[tuple[UUID, date]], origin: Origin, now: datetime) -> None:
    """Count these days anew. The rows are locked first, so that the count sees whatever others stored meanwhile."""
    stubs = [_stub(customer_id, day, origin, now) for customer_id, day in touched]
    put(session, ActivityDay, stubs, on_conflict=NOTHING)
    session.execute(LOCK, {"ids": [stub["activity_id"] for stub in stubs]})
    binds = {"customers": [one for one, _ in touched], "days": [day for _, day in touched]}
    rule = {"origin": origin.value, "now": now, "pause": PUBLISH_EVERY, "top": TOP_CATEGORIES}
    session.execute(RECOUNT, binds | rule)


def release(session: Session, now: datetime) -> int:
    """Make days of visitors due who were identified since; how many."""
    return len(session.execute(RELEASE, {"now": now}).all())


def days(session: Session, activity_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """These days as they are."""
    return session.execute(select(*COLUMNS).where(among(ActivityDay.activity_id, activity_ids))).all()


def note_published(session: Session, activity_ids: Collection[UUID], now: datetime) -> None:
    """Remember that these days were told of in their present version."""
    told = {"published_version": ActivityDay.version, "published_at": now}
    session.execute(update(ActivityDay).where(among(ActivityDay.activity_id, activity_ids)).values(told))


def selected(session: Session, selection: Selection) -> Sequence[Row[Any]]:
    """Days told of before, one page by customer and day."""
    statement = select(*COLUMNS).where(ActivityDay.published_version > 0)
    whose, changed = ActivityDay.customer_id, ActivityDay.recorded_at
    page = selection.narrowed(statement, whose, ActivityDay.day, customer_id=whose, changed_at=changed)
    return session.execute(page).all()


def _stub(customer_id: UUID, day: date, origin: Origin, now: datetime) -> dict[str, Any]:
    return {
        "activity_id": activity_id_of(customer_id, day),
        "customer_id": customer_id,
        "day": day,
        "counts": {},
        "categories": {},
        "last_at": now,
        "origin": origin.value,
        "version": 0,
        "published_version": 0,
        "published_at": None,
        "publish_at": None,
        "recorded_at": now,
    }
