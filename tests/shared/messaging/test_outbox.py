"""An event is stored with the change it tells of, or not at all."""

from collections.abc import Sequence

import pytest
from opentelemetry import propagate
from opentelemetry.context import attach, detach
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.contracts.base import Event
from shared.contracts.examples import examples
from shared.contracts.registry import event_types
from shared.messaging import outbox
from shared.messaging.outbox import OutboxRow
from shared.runtime import Runtime
from shared.testing.plugin import Published
from tests.shared.messaging.projection import order

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize("event", event_types())
def test_every_type_comes_out_as_it_went_in(session: Session, published: Published, event: type[Event]) -> None:
    given: Sequence[Event] = examples(event)
    outbox.add(session, given)
    assert published(session, event) == given
    assert {row.topic for row in session.scalars(select(OutboxRow))} == {event.topic}
    assert [row.key for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))] == [one.key for one in given]


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
