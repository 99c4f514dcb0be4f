"""Behaviour on the real database: stored once, counted by day, told of at most every five minutes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.behaviour import republish
from services.profile.behaviour.rules import Seen
from services.profile.behaviour.tables import ActivityDay, BehaviourEvent
from services.profile.behaviour.usecases import publish_activity, record, release_identified
from shared.contracts.base import Origin
from shared.contracts.profile import ActivitySummarised
from shared.messaging.republish import Selection
from shared.runtime import Runtime
from tests.profile.behaviour.events import NOON, event
from tests.profile.conftest import claim, owners

pytestmark = pytest.mark.capability("C-01")
RuntimeOf = Callable[..., Runtime]
Published = Callable[..., Sequence[Any]]


def seen(customer_id: UUID, *events: Any, origin: Origin = Origin.LIVE) -> list[Seen]:
    return [Seen(one, customer_id, origin) for one in events]


def days(session: Session) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(row.counts, row.categories) for row in session.execute(select(*ActivityDay.__table__.c))]


def test_a_day_counts_each_message_once(profile: Session, customer: Callable[..., UUID], now: datetime) -> None:
    who = customer(("external", "u-1"))
    record(profile, seen(who, event(), event(message_id="m-2", name="Product Added"), event()), now)
    record(profile, seen(who, event(), event(message_id="m-3", name="Coupon Entered", properties={})), now)
    assert days(profile) == [({"view": 1, "cart_add": 1}, {"tea": 2})]


def test_a_day_keeps_its_twenty_commonest_categories(
    profile: Session, customer: Callable[..., UUID], now: datetime
) -> None:
    who = customer(("external", "u-1"))
    some = [event(message_id=f"{at}", properties={"category": f"c-{at % 25:02}"}) for at in range(30)]
    record(profile, seen(who, *some), now)
    ((counts, categories),) = days(profile)
    assert counts == {"view": 30}
    assert len(categories) == 20
    assert {name for name, count in categories.items() if count == 2} == {f"c-0{at}" for at in range(5)}


def test_properties_are_kept_encrypted(profile: Session, customer: Callable[..., UUID], now: datetime) -> None:
    record(profile, seen(customer(("external", "u-1")), event(properties={"query": "13800138000"})), now)
    raw = profile.connection().exec_driver_sql("SELECT properties FROM behaviour_event").scalar_one()
    assert b"13800138000" not in bytes(raw)
    assert profile.scalar(select(BehaviourEvent.properties)) == '{"query":"13800138000"}'


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 50)), min_size=1, max_size=8), st.randoms())
def test_any_order_and_repetition_ends_in_equal_days(
    profile: Session, now: datetime, drawn: list[tuple[int, int]], random: Any
) -> None:
    who = UUID(int=7)
    some = {f"m-{at}": event(message_id=f"m-{at}", occurred_at=NOON + timedelta(hours=hours)) for at, hours in drawn}
    with profile.begin_nested() as before:
        record(profile, seen(who, *some.values()), now)
        expected = sorted(map(str, days(profile)))
        before.rollback()
    with profile.begin_nested() as before:
        for one in random.sample([*some.values()] * 2, len(some) * 2):
            record(profile, seen(who, one), now)
        assert sorted(map(str, days(profile))) == expected
        before.rollback()


@pytest.fixture
def clock(now: datetime) -> list[datetime]:
    """The present, to be moved: `clock[0] += …`."""
    return [now]


@pytest.fixture
def running(runtime_of: RuntimeOf, clock: list[datetime]) -> Runtime:
    return runtime_of("profile", lambda: clock[0])


def met(running: Runtime, *pairs: tuple[str, str], known: bool = True) -> UUID:
    with running.database.transaction() as session:
        return owners(session, [claim(*pairs, known=known, at=running.now())], running.now())[0]


def do(running: Runtime, who: UUID, *events: Any) -> None:
    with running.database.transaction() as session:
        record(session, seen(who, *events), running.now())


def told(running: Runtime, published: Published) -> Sequence[Any]:
    with running.database.reading() as session:
        return published(session, ActivitySummarised)


def test_a_day_is_told_of_at_most_every_five_minutes(
    running: Runtime, clock: list[datetime], published: Published
) -> None:
    who = met(running, ("external", "u-1"))
    do(running, who, event())
    assert publish_activity(running) == 1
    clock[0] += timedelta(minutes=1)
    do(running, who, event(message_id="m-2"))
    assert publish_activity(running) == 0
    clock[0] += timedelta(minutes=4)
    assert publish_activity(running) == 1
    assert publish_activity(running) == 0
    first, second = told(running, published)
    assert (first.counts.view, second.counts.view) == (1, 2)
    assert second.version == first.version + 1
    assert second.customer_id == who


def test_a_visitor_is_told_of_only_once_identified(
    running: Runtime, clock: list[datetime], published: Published
) -> None:
    visitor = met(running, ("anonymous", "a-1"), known=False)
    do(running, visitor, event())
    release_identified(running)
    assert publish_activity(running) == 0
    met(running, ("external", "u-1"), ("anonymous", "a-1"))
    release_identified(running)
    assert publish_activity(running) == 1
    assert [one.customer_id for one in told(running, published)] == [visitor]


def test_days_told_of_are_told_again_page_by_page(running: Runtime) -> None:
    who, other = met(running, ("external", "u-1")), met(running, ("external", "u-2"))
    do(running, who, event(), event(message_id="m-2", occurred_at=NOON - timedelta(days=1)))
    do(running, other, event(message_id="m-3"))
    publish_activity(running)
    everything = Selection(None, None, None, 2)
    with running.database.reading() as session:
        first = republish.page(session, everything)
        rest = republish.page(session, replace(everything, after=(first[-1].customer_id, first[-1].day)))
        his = republish.page(session, replace(everything, customer_id=who))
    assert len({(one.customer_id, one.day) for one in [*first, *rest]}) == 3
    assert {one.customer_id for one in his} == {who}
