"""Clocks as they are stored: what each step says is what the whole history says, and holidays move them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.engagement.business_hours import usecases as business_hours
from services.engagement.business_hours.rules import spent
from services.engagement.calendars import repository
from services.engagement.calendars import usecases as calendars
from services.engagement.calendars.schemas import NewDay
from services.engagement.slas import usecases as slas
from services.engagement.slas.policies.tables import SlaPolicy
from services.engagement.slas.tables import SlaClock
from shared import migrations
from shared.db import Database
from shared.ids import new_id
from shared.testing.tables import metadata_of

pytestmark = pytest.mark.capability("C-30")
MINUTE = timedelta(minutes=1)
KINDS = ("answered", "asked", "paused", "resumed", "resolved", "reopened", "stopped", "retargeted")
DISPUTE = ("disputed", "decided", "dropped")
STEPS = st.lists(st.tuples(st.integers(0, 3_000), st.sampled_from(KINDS + DISPUTE)), max_size=8)


def promise(session: Session, priority: str = "1") -> dict[str, Any]:
    return slas.promise(session, "complaint", priority=priority, category="delivery.late", tier=None)


def stored(session: Session, subject_id: UUID) -> list[dict[str, Any]]:
    names = [column.name for column in SlaClock.__table__.columns]
    return [{name: getattr(one, name) for name in names} for one in slas.clocks(session, [subject_id])[subject_id]]


@settings(max_examples=12)
@given(steps=STEPS)
def test_counting_anew_from_history_gives_what_is_stored(
    engagement: Session, now: datetime, steps: list[tuple[int, str]]
) -> None:
    subject, at = new_id(), now
    slas.begin(engagement, "complaint", subject, promise(engagement), now)
    news = []
    for number, (gap, kind) in enumerate(steps):
        at += gap * MINUTE
        promised = promise(engagement, str(1 + number % 4)) if kind == "retargeted" else None
        ends = at + (3 * gap - 2_000) * MINUTE if kind == "disputed" and number else None
        news += slas.tell(engagement, subject, kind, at, promised, deadline=ends).news  # type: ignore[arg-type]
    before = stored(engagement, subject)
    assert slas.count(engagement, [subject], at)[subject].news == []
    assert stored(engagement, subject) == before
    engagement.execute(delete(SlaClock).where(SlaClock.subject_id == subject))
    again = slas.count(engagement, [subject], at)[subject]
    assert stored(engagement, subject) == before
    told = [(one.metric, one.cycle, one.percent) for one in news]
    assert len(told) == len(set(told))
    assert sorted(news, key=str) == sorted(again.news, key=str)


def test_a_clock_runs_out_once_and_each_level_is_told_once(engagement: Session, now: datetime) -> None:
    subject = new_id()
    begun = slas.begin(engagement, "complaint", subject, promise(engagement), now)  # a Wednesday, 16:00
    assert (begun.due_at, begun.next_at, begun.news) == (now + 30 * MINUTE, now + 30 * MINUTE, [])
    assert slas.count(engagement, [subject], now + 29 * MINUTE)[subject].news == []
    late = slas.count(engagement, [subject], now + 45 * MINUTE)[subject]
    first = ("first_response", 1, now + 30 * MINUTE)
    assert late.news == [(*first, None, None), (*first, 100, "lead")]
    assert (late.breached, late.due_at) == (["first_response"], now + 30 * MINUTE)
    assert late.next_at == now + timedelta(hours=22, minutes=30)  # three quarters of 480 minutes
    assert slas.count(engagement, [subject], now + 50 * MINUTE)[subject].news == []


def test_a_holiday_that_is_added_moves_what_is_due(engagement: Session, now: datetime) -> None:
    subject = new_id()
    before = slas.begin(engagement, "complaint", subject, promise(engagement, "3"), now)
    slas.tell(engagement, subject, "answered", now + MINUTE)
    assert slas.stale(engagement, "complaint", 10) == []
    calendar = repository.by_code(engagement, "cn")
    assert calendar is not None
    later = now + timedelta(hours=1)
    off = NewDay.model_validate({"day": "2026-11-26", "kind": "closed", "holiday": "move", "name": "搬家"})
    calendars.add_day(engagement, calendar.calendar_id, off, later)
    assert slas.stale(engagement, "complaint", 10) == [subject]
    after = slas.count(engagement, [subject], later + MINUTE)[subject]
    assert before.due_at == now + 120 * MINUTE
    assert after.due_at == now + timedelta(days=6, minutes=90)  # a day off and a weekend between
    assert slas.stale(engagement, "complaint", 10) == []


def test_without_a_policy_nothing_is_promised(engagement: Session, now: datetime) -> None:
    subject = new_id()
    begun = slas.begin(engagement, "complaint", subject, slas.NOTHING_PROMISED, now)
    assert (begun, slas.clocks(engagement, [subject])) == ((None, None, [], []), {})


def test_office_hours_are_seeded(engagement: Session, now: datetime) -> None:
    hours = business_hours.load(engagement, ["service"], now)["service"]
    assert spent(hours, now, now + timedelta(days=7)) == timedelta(hours=5 * 7.5)


def test_what_was_promised_before_disputes_had_levels_tells_staff_of_them_too(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database, over, open_ = database_of("engagement"), new_id(), new_id()
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    metadata = metadata_of("engagement")[1]
    with database.transaction() as session:
        (policy,) = session.scalars(select(SlaPolicy)).all()
        policy.escalations = [one for one in policy.escalations if one["metric"] != "dispute"]
        session.flush()
        for subject in (over, open_):
            slas.begin(session, "complaint", subject, promise(session), now)
            slas.tell(session, subject, "disputed", now, deadline=now + 100 * MINUTE)
        slas.tell(session, over, "decided", now + 99 * MINUTE)
    migrations.downgrade("engagement", url, metadata, "0b8d4f5ce217")
    migrations.upgrade("engagement", url, metadata)
    with database.transaction() as session:
        late = slas.count(session, [over, open_], now + 100 * MINUTE)
        told = [(one.percent, one.to) for one in late[open_].news if one.metric == "dispute"]
        assert told == [(None, None), (75, "owner"), (100, "lead")]
        assert [one for one in late[over].news if one.metric == "dispute"] == []
        assert [one["percent"] for one in promise(session)["escalations"] if one["metric"] == "dispute"] == [75, 100]
