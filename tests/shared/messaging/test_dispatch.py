"""What the consumer does with a batch, without Kafka: the order of use cases, culprits, erased customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared import linking
from shared.contracts.base import Topic
from shared.contracts.engagement import MessageRecorded
from shared.contracts.profile import OrderRecorded
from shared.errors import Unavailable
from shared.ids import new_id
from shared.linking import CustomerRef
from shared.messaging.dispatch import Item, Reason, apply, decode, is_operational, wanted, without_erased
from shared.messaging.handlers import Handlers, Message, handlers, on, on_topic
from tests.shared.messaging.projection import SeenOrder, order, record_orders

Calls = list[tuple[str, int]]


def message(event: OrderRecorded | None = None, *, at: int = 0, **changes: Any) -> Message:
    body = (event or order()).model_dump_json().encode()
    plain: dict[str, Any] = {"type": "profile.order.recorded", "headers": {}, "value": body, "key": None}
    return Message(**{"topic": Topic.PROFILE.value, "partition": 0, "offset": at, **plain, **changes})


def items(events: Sequence[OrderRecorded]) -> list[Item]:
    return [Item(message(event, at=at), event) for at, event in enumerate(events)]


def stored(session: Session) -> set[UUID]:
    return set(session.scalars(select(SeenOrder.order_id)))


def test_use_cases_run_in_the_order_of_the_table_each_with_all_its_events(session: Session, now: datetime) -> None:
    calls: Calls = []

    def noting(name: str) -> Any:
        return lambda session, events, now: calls.append((name, len(events)))

    table = handlers(
        on(MessageRecorded, noting("messages")),
        on(OrderRecorded, noting("first"), noting("second")),
        on_topic(Topic.COMMERCE, noting("door")),
    )
    batch = [Item(message(topic=Topic.COMMERCE.value), None), *items([order(), order()])]
    assert apply(session, table, batch, now) == []
    assert calls == [("first", 2), ("second", 2), ("door", 1)]


@given(st.sets(st.integers(0, 19), max_size=5))
def test_exactly_the_culprits_are_singled_out(culprits: set[int]) -> None:
    """Applied is what a recording use case kept after its savepoints; the database part is in the test below."""
    events = [order() for _ in range(20)]
    bad = {events[at].order_id for at in culprits}

    def touchy(session: Session, given: Sequence[OrderRecorded], now: datetime) -> None:
        if any(event.order_id in bad for event in given):
            raise ValueError

    failures = apply(NoDatabase(), handlers(on(OrderRecorded, touchy)), items(events), datetime.now())  # noqa: DTZ005
    assert {failure.item.message.offset for failure in failures} == culprits


class NoDatabase(Session):
    """A session whose savepoints do nothing."""

    def begin_nested(self) -> Any:
        return self.no_autoflush

    def flush(self, objects: Any = None) -> None:
        """Nothing is stored."""


def test_what_a_culprit_had_written_is_undone_and_the_rest_stays(session: Session, now: datetime) -> None:
    events = [order() for _ in range(9)]

    def touchy(session: Session, given: Sequence[OrderRecorded], now: datetime) -> None:
        record_orders(session, given, now)
        if any(event.order_id == events[4].order_id for event in given):
            session.execute(text("SELECT 1 / 0"))

    (failure,) = apply(session, handlers(on(OrderRecorded, touchy)), items(events), now)
    assert failure.item.event == events[4]
    assert failure.reason is Reason.FAILED
    assert "DataError 22012" in failure.error
    assert stored(session) == {event.order_id for event in events if event != events[4]}


@pytest.mark.parametrize("error", [OperationalError("", {}, Exception()), Unavailable("profile does not answer")])
def test_what_may_pass_by_itself_is_raised_not_parked(error: Exception, session: Session, now: datetime) -> None:
    def waits(session: Session, given: Sequence[OrderRecorded], now: datetime) -> None:
        raise error

    assert is_operational(error)
    with pytest.raises(type(error)):
        apply(session, handlers(on(OrderRecorded, waits)), items([order(), order()]), now)


def test_events_of_erased_customers_are_dropped(session: Session, now: datetime) -> None:
    gone, here, unheard = order(), order(), order()
    linking.ensure(session, [gone.customer_id, here.customer_id])
    session.execute(update(CustomerRef).where(CustomerRef.customer_id == gone.customer_id).values(erased_at=now))
    assert [item.event for item in without_erased(session, items([gone, here, unheard]))] == [here, unheard]


def test_the_erasure_itself_reaches_an_erased_customer(session: Session, now: datetime) -> None:
    gone = order()
    linking.ensure(session, [gone.customer_id])
    session.execute(update(CustomerRef).values(erased_at=now))
    asked = Item(message(gone, type="profile.erasure.requested"), gone)
    assert without_erased(session, [asked]) == [asked]


@pytest.fixture
def table() -> Handlers:
    return handlers(on(OrderRecorded, record_orders), on_topic(Topic.COMMERCE, lambda session, messages, now: None))


def test_the_type_decides_before_the_value_is_read(table: Handlers) -> None:
    assert wanted(table, message(value=b"\xff"))
    assert not wanted(table, message(type="profile.product.recorded"))
    assert not wanted(table, message(type=""))
    assert wanted(table, message(topic=Topic.COMMERCE.value, type="anything"))


def test_an_unreadable_message_says_which_field_and_never_what_was_in_it(table: Handlers) -> None:
    broken = order().model_dump_json().replace('"currency":"CNY"', '"currency":"Zhang San"').encode()
    found, (failure,) = decode(table, [message(value=broken), message(value=b"\xff\xfe")][:1])
    assert found == []
    assert failure.reason is Reason.UNREADABLE
    assert failure.error == "currency: string_pattern_mismatch"
    _, (garbage,) = decode(table, [message(value=b"\xff\xfe")])
    assert garbage.error == ": json_invalid"


def test_a_field_that_a_newer_publisher_added_is_ignored(table: Handlers) -> None:
    newer = order().model_dump_json()[:-1] + ',"gift_wrap": true}'
    (item,), failures = decode(table, [message(value=newer.encode())])
    assert isinstance(item.event, OrderRecorded)
    assert failures == []


def test_a_customer_that_is_not_known_is_not_ours_to_drop(session: Session) -> None:
    door = Item(message(topic=Topic.COMMERCE.value, key=str(new_id())), None)
    assert without_erased(session, [door]) == [door]
