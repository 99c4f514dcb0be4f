"""Recording behaviour, and telling of it day by day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.behaviour import repository, rules
from services.profile.behaviour.rules import Seen
from services.profile.behaviour.tables import ActivityDay
from services.profile.marks import usecases as marks
from services.profile.sources import usecases as sources
from shared import due
from shared.contracts.base import Origin
from shared.contracts.profile import ActivityCounts, ActivitySummarised
from shared.db import to_json
from shared.messaging import outbox
from shared.runtime import Runtime


def record(session: Session, seen: Sequence[Seen], now: datetime) -> set[tuple[str, str]]:
    """Store events and count their days anew; source and message id of those not known before.

    A repeated message changes nothing; single events are not published.
    """
    fresh: set[tuple[str, str]] = set()
    zone = ZoneInfo(deployment().business_time_zone)
    sources.meet(session, {one.event.source for one in seen}, now)
    for origin in sorted({one.origin for one in seen}):
        stored = repository.append(session, [_row(one, zone, now) for one in seen if one.origin is origin])
        if stored:
            repository.recount(session, sorted({(row.customer_id, row.day) for row in stored}), origin, now)
            marks.mark(session, {row.customer_id: origin for row in stored}, now)
        fresh |= {(row.source, row.message_id) for row in stored}
    return fresh


def publish_activity(runtime: Runtime) -> int:
    """Publish the days that are due, each at most every five minutes; how many there were. For a tick."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        ids, stamp = due.claim(session, ActivityDay.publish_at, now)
        outbox.add(session, [summarised(day) for day in repository.days(session, ids)])
        repository.note_published(session, ids, now)
        due.settle(session, ActivityDay.publish_at, stamp, dict.fromkeys(ids))
    return len(ids)


def release_identified(runtime: Runtime) -> int:
    """Make the days of visitors due who were identified since. For a tick; once a turn is enough, so always 0."""
    with runtime.database.transaction() as session:
        repository.release(session, runtime.now())
    return 0


def summarised(day: Row[Any]) -> ActivitySummarised:
    """The event that tells of one customer's day."""
    return ActivitySummarised(
        customer_id=day.customer_id,
        version=day.version,
        occurred_at=day.last_at,
        recorded_at=day.recorded_at,
        origin=Origin(day.origin),
        day=day.day,
        counts=ActivityCounts(**day.counts),
        categories=day.categories,
        last_at=day.last_at,
    )


def _row(seen: Seen, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    event = rules.within_time(seen.event, now)
    source, message_id = rules.message_key(event)
    return {
        "source": source,
        "message_id": message_id,
        "customer_id": seen.customer_id,
        "name": event.name,
        "measure": rules.measure_of(event.name),
        "category": rules.category_of(event.properties),
        "sku": rules.sku_of(event.properties),
        "occurred_at": event.occurred_at,
        "day": rules.day_of(event.occurred_at, zone),
        "properties": to_json(event.properties) if event.properties else None,
        "origin": seen.origin.value,
        "recorded_at": now,
    }
