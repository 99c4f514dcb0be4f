"""Republishing sends every current state once, page by page, and yields to live events."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from shared.contracts.base import Event, Origin
from shared.contracts.examples import examples
from shared.contracts.profile import ConsentRecorded, OrderRecorded
from shared.errors import NotFound
from shared.messaging import outbox, republish
from shared.messaging.outbox import OutboxRow
from shared.messaging.republish import FULL, PAGE, Republisher, Selection
from shared.runtime import Runtime
from shared.testing.plugin import Published
from shared.testing.waiting import wait_until
from tests.shared.messaging.projection import SeenOrder, order, record_orders


def orders(session: Session, selection: Selection) -> Sequence[OrderRecorded]:
    rows = select(SeenOrder).order_by(SeenOrder.order_id).limit(selection.limit)
    if selection.after is not None:
        rows = rows.where(SeenOrder.order_id > selection.after)
    if selection.customer_id is not None:
        rows = rows.where(SeenOrder.customer_id == selection.customer_id)
    return [order(r.version, order_id=r.order_id, customer_id=r.customer_id) for r in session.scalars(rows)]


TABLE: dict[type[Event], Republisher] = {OrderRecorded: orders}


@pytest.fixture
def stored(runtime: Runtime) -> list[OrderRecorded]:
    events = [order(version) for version in range(1, PAGE + 31)]
    with runtime.database.transaction() as session:
        record_orders(session, events, runtime.now())
    return events


def test_every_state_is_sent_once_with_its_version(
    runtime: Runtime, stored: list[OrderRecorded], published: Published
) -> None:
    told: list[int] = []
    assert republish.run(runtime, TABLE, progress=told.append) == len(stored)
    with runtime.database.reading() as session:
        sent = published(session, OrderRecorded)
    assert {event.order_id: event.version for event in sent} == {event.order_id: event.version for event in stored}
    assert {event.origin for event in sent} == {Origin.REPUBLISH}
    assert told == [PAGE, len(stored), len(stored)]


def test_one_customer_can_be_asked_for(runtime: Runtime, stored: list[OrderRecorded], published: Published) -> None:
    assert republish.run(runtime, TABLE, customer_id=stored[7].customer_id) == 1
    with runtime.database.reading() as session:
        assert [event.order_id for event in published(session)] == [stored[7].order_id]


def test_a_type_the_service_does_not_own_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NotFound, match=r"profile\.order\.recorded"):
        republish.run(runtime, TABLE, only="scoring.assessment.changed")


def test_the_selection_reaches_the_owner_and_pages_follow_every_identifying_field(runtime: Runtime) -> None:
    consents, asked = examples(ConsentRecorded)[:2], list[Selection]()

    def consent(session: Session, selection: Selection) -> Sequence[ConsentRecorded]:
        asked.append(selection)
        return consents[len(asked) - 1 : len(asked)]

    since = runtime.now() - timedelta(days=1)
    republish.run(runtime, {ConsentRecorded: consent}, only=ConsentRecorded.type, since=since)
    last = consents[-1]
    assert [selection.since for selection in asked] == [since] * 3
    assert asked[0].after is None
    assert asked[2].after == (last.customer_id, last.purpose, last.channel)
    assert str(tuple_(SeenOrder.order_id, SeenOrder.version, SeenOrder.total) > asked[2].after)


def test_it_waits_while_the_outbox_is_full(
    runtime: Runtime,
    stored: list[OrderRecorded],
    running: Callable[[Callable[[threading.Event], None]], threading.Event],
) -> None:
    with runtime.database.transaction() as session:
        outbox.add(session, [order()] * (FULL + 1))
    done = threading.Event()

    def send(stop: threading.Event) -> None:
        republish.run(runtime, TABLE)
        done.set()

    running(send)
    assert not done.wait(0.5)
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == FULL + 1
        session.execute(OutboxRow.__table__.delete())  # type: ignore[attr-defined]
    wait_until(done.is_set)
