"""An event is stored with the change it tells of, or not at all."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from opentelemetry import propagate
from opentelemetry.context import attach, detach
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import due
from shared.contracts.base import Event
from shared.contracts.examples import examples
from shared.contracts.registry import event_types
from shared.due import CustomerDue
from shared.ids import new_id
from shared.messaging import outbox
from shared.messaging.outbox import OutboxRow
from shared.runtime import Runtime
from shared.testing.plugin import Published
from shared.testing.tables import NOW
from tests.shared.messaging.projection import order

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize("event", event_types())
def test_every_type_comes_out_as_it_went_in(session: Session, published: Published, event: type[Event]) -> None:
    given: Sequence[Event] = examples(event)
    outbox.add(session, given)
    assert published(session, event) == given
    assert {row.topic for row in session.scalars(select(OutboxRow))} == {event.topic}
    assert [row.key for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))] == [one.key for one in given]


def test_those_whom_events_are_about_become_due_with_them_but_no_later_than_they_were(
    session: Session, published: Published
) -> None:
    early, late, claimed = [order().model_copy(update={"customer_id": new_id()}) for _ in range(3)]
    due.mark(session, [early.customer_id], NOW - timedelta(hours=1))
    due.mark(session, [claimed.customer_id], NOW + timedelta(hours=1))
    outbox.add(session, [early, late, claimed, late], due_at=NOW)
    times = dict(session.execute(select(CustomerDue.customer_id, CustomerDue.next_at)).all())
    assert times == {early.customer_id: NOW - timedelta(hours=1), late.customer_id: NOW, claimed.customer_id: NOW}
    assert published(session, type(late)) == [early, late, claimed, late]


def test_events_of_a_transaction_that_fails_are_gone(runtime: Runtime) -> None:
    with pytest.raises(RuntimeError), runtime.database.transaction() as session:
        outbox.add(session, [order()])
        raise RuntimeError
    with runtime.database.reading() as session:
        assert outbox.depth(session) == 0


def test_the_trace_of_the_caller_travels_with_the_event(session: Session) -> None:
    token = attach(propagate.extract({"traceparent": TRACEPARENT}))
    outbox.add(session, [order()])
    detach(token)
    outbox.add(session, [order()])
    within, outside = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    assert within.headers["traceparent"] == TRACEPARENT
    assert "traceparent" not in outside.headers
