"""Parked events: kept once, replayed by the same handlers at any time, or given up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.contracts.base import Topic
from shared.contracts.profile import OrderRecorded
from shared.messaging import dead_letters
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.dispatch import Failure, Item, Reason
from shared.messaging.handlers import Message, handlers, on, on_topic
from tests.shared.messaging.projection import HANDLERS, SeenOrder, SeenRecord, order, record_orders, take
from tests.shared.messaging.test_dispatch import message

GOOD = handlers(on(OrderRecorded, record_orders))


def failure(event: OrderRecorded, at: int = 0) -> Failure:
    return Failure(Item(message(event, at=at, key=str(event.customer_id)), event), Reason.FAILED, "ValueError")


@pytest.fixture
def event() -> OrderRecorded:
    return order(2)


def test_an_event_that_is_delivered_again_is_parked_once(session: Session, event: OrderRecorded, now: datetime) -> None:
    dead_letters.park(session, [failure(event), failure(event)], now)
    dead_letters.park(session, [failure(event)], now)
    (letter,) = dead_letters.parked(session)
    assert (letter.type, letter.customer_id) == ("profile.order.recorded", event.customer_id)
    assert OrderRecorded.model_validate_json(dead_letters.body(letter)) == event


def test_a_mended_handler_takes_what_was_parked(session: Session, event: OrderRecorded, now: datetime) -> None:
    dead_letters.park(session, [failure(event)], now)
    (letter,) = dead_letters.parked(session)
    assert dead_letters.replay(session, GOOD, [letter.id], now) == 1
    assert session.scalar(select(SeenOrder.version)) == 2
    assert dead_letters.count(session) == 0
    assert (letter.status, letter.times, letter.settled_at) == ("replayed", 2, now)


def test_a_late_replay_does_not_bring_an_older_state_back(
    session: Session, event: OrderRecorded, now: datetime
) -> None:
    dead_letters.park(session, [failure(event)], now)
    record_orders(session, [event.model_copy(update={"version": 3})], now)
    dead_letters.replay(session, GOOD, [letter.id for letter in dead_letters.parked(session)], now)
    assert session.scalar(select(SeenOrder.version)) == 3


def test_what_fails_again_stays_with_its_new_error(session: Session, event: OrderRecorded, now: datetime) -> None:
    other = order()

    def touchy(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
        if event in events:
            raise KeyError
        record_orders(session, events, now)

    dead_letters.park(session, [failure(event), failure(other, at=1)], now)
    ids = [letter.id for letter in dead_letters.parked(session)]
    assert dead_letters.replay(session, handlers(on(OrderRecorded, touchy)), ids, now) == 1
    (letter,) = dead_letters.parked(session)
    assert letter.customer_id == event.customer_id
    assert letter.error.startswith("KeyError")
    assert letter.times == 2


def test_a_message_of_a_door_is_replayed_through_its_door(session: Session, now: datetime) -> None:
    inbound = message(topic=Topic.COMMERCE.value, headers={"ce_id": "m-1"}, value=b"\xff{")
    dead_letters.park(session, [Failure(Item(inbound, None), Reason.FAILED, "ValueError")], now)
    (letter,) = dead_letters.parked(session)
    assert dead_letters.body(letter) == b"\xff{"
    mended = handlers(on_topic(Topic.COMMERCE, lambda s, found, at: take(s, [readable(m) for m in found], at)))
    assert dead_letters.replay(session, HANDLERS, [letter.id], now) == 0
    assert dead_letters.replay(session, mended, [letter.id], now) == 1
    assert session.scalar(select(SeenRecord.record_id)) == "m-1"


def readable(inbound: Message) -> Message:
    return replace(inbound, value=inbound.value.decode("latin-1").encode())


def test_a_discarded_event_is_neither_listed_nor_replayed(
    session: Session, event: OrderRecorded, now: datetime
) -> None:
    dead_letters.park(session, [failure(event)], now)
    (letter,) = dead_letters.parked(session)
    assert dead_letters.discard(session, [letter.id], now) == 1
    assert dead_letters.discard(session, [letter.id], now) == 0
    assert dead_letters.parked(session) == []
    assert dead_letters.replay(session, GOOD, [letter.id], now) == 0
    assert session.scalar(select(DeadLetter.status)) == "discarded"


def test_the_oldest_of_a_type_and_reason_come_first(session: Session, now: datetime) -> None:
    for at in range(3):
        dead_letters.park(session, [failure(order(), at=at)], now - timedelta(minutes=at))
    assert [letter.offset for letter in dead_letters.parked(session, limit=2)] == [2, 1]
    assert dead_letters.parked(session, type="profile.consent.recorded") == []
    assert len(dead_letters.parked(session, reason="failed")) == 3
