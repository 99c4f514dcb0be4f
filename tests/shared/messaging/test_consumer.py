"""The consumer passes over nothing, survives the database, parks what is bad and stops when too much is."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from kafka import KafkaProducer
from kafka.structs import TopicPartition
from prometheus_client import REGISTRY
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.contracts.base import Topic
from shared.contracts.profile import OrderRecorded
from shared.db import Database
from shared.ids import new_id
from shared.messaging import clients, dead_letters
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.handlers import handlers, on
from shared.messaging.outbox import OutboxRow, headers_of
from shared.messaging.runaway import CONSECUTIVE
from shared.runtime import Runtime
from shared.testing.waiting import wait_until
from tests.shared.messaging.projection import HANDLERS, SeenOrder, SeenRecord, order, record_orders, thank

Running = Callable[[Callable[[threading.Event], None]], threading.Event]
TopicMaker = Callable[[Topic], str]


def send(producer: KafkaProducer, topic: str, events: Sequence[OrderRecorded], **more: str) -> None:
    for event in events:
        headers = headers_of(event, new_id()) | more
        send_raw(producer, topic, event.model_dump_json().encode(), headers, str(event.customer_id))
    producer.flush(10)


def send_raw(producer: KafkaProducer, topic: str, value: bytes, headers: dict[str, str], key: str = "k") -> None:
    producer.send(topic, value=value, key=key.encode(), headers=[(n, v.encode()) for n, v in headers.items()])


def orders(database: Database) -> dict[UUID, int]:
    with database.reading() as session:
        return dict(session.execute(select(SeenOrder.order_id, SeenOrder.version)).all())


def letters(database: Database) -> list[DeadLetter]:
    with database.reading() as session:
        return dead_letters.parked(session)


def versions(events: Sequence[OrderRecorded]) -> dict[UUID, int]:
    return {event.order_id: event.version for event in events}


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"service": "profile", **labels}) or 0.0


def test_events_are_applied_and_the_group_remembers_how_far_it_is(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, events = topic(Topic.PROFILE), [order() for _ in range(40)]
    send(producer, name, events)
    running(Consumer(runtime, handlers(on(OrderRecorded, record_orders))).run)
    wait_until(lambda: orders(runtime.database) == versions(events))
    wait_until(lambda: committed(runtime, name) == 40)


def committed(runtime: Runtime, topic: str) -> int:
    """How many messages of the topic the service's group has behind it."""
    reader = clients.consumer(runtime.settings, runtime.service)
    try:
        return sum(reader.committed(TopicPartition(topic, partition)) or 0 for partition in range(12))
    finally:
        reader.close(autocommit=False)


def test_a_group_that_begins_again_changes_nothing(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name = topic(Topic.PROFILE)
    subject = {"order_id": new_id(), "customer_id": new_id()}
    events = [order(version, **subject) for version in (1, 3, 2)]
    send(producer, name, events)
    table = handlers(on(OrderRecorded, record_orders))
    running(Consumer(runtime, table).run)
    wait_until(lambda: orders(runtime.database) == {subject["order_id"]: 3})
    again = Runtime("scoring", runtime.settings, runtime.database, runtime.clock)
    running(Consumer(again, table).run)
    wait_until(lambda: committed(again, name) == 3)
    assert orders(runtime.database) == {subject["order_id"]: 3}


def test_bad_messages_are_parked_and_the_rest_of_their_batch_is_applied(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, good, poison = topic(Topic.PROFILE), [order() for _ in range(30)], order()

    def touchy(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
        record_orders(session, events, now)
        if any(event.order_id == poison.order_id for event in events):
            raise ValueError("secret of the customer")

    send(producer, name, good[:15])
    send_raw(producer, name, b'{"order_id": 5, "note": "secret of the customer"}', headers_of(poison, new_id()))
    send(producer, name, [poison, *good[15:]])
    running(Consumer(runtime, handlers(on(OrderRecorded, touchy))).run)
    wait_until(lambda: orders(runtime.database) == versions(good))
    wait_until(lambda: committed(runtime, name) == 32)
    found = {letter.reason: letter for letter in letters(runtime.database)}
    assert set(found) == {"unreadable", "failed"}
    assert found["failed"].customer_id == poison.customer_id
    assert "secret" not in found["failed"].error + found["unreadable"].error
    assert "ValueError in touchy" in found["failed"].error
    assert "order_id: uuid_type" in found["unreadable"].error


def test_what_is_parked_is_kept_encrypted(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name = topic(Topic.PROFILE)
    send_raw(
        producer,
        name,
        b"13800138000",
        {"ce_type": "profile.order.recorded", "ce_subject": "13800138000"},
        "13800138000",
    )
    producer.flush(10)
    running(Consumer(runtime, handlers(on(OrderRecorded, record_orders))).run)
    (letter,) = wait_until(lambda: letters(runtime.database))
    assert letter.key == "13800138000"
    with runtime.database.reading() as session:
        stored = session.scalar(text("SELECT dead_letter::text FROM dead_letter"))
    assert "13800138000" not in stored
    assert b"13800138000".hex() not in stored


def test_a_handler_that_always_fails_stops_its_partition_and_parks_few(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, sick, well = topic(Topic.PROFILE), UUID(int=1), UUID(int=2)  # keys of different partitions
    ours = [order(customer_id=sick) for _ in range(200)]
    others = [order(customer_id=well) for _ in range(200)]

    def broken(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
        if any(event.customer_id == sick for event in events):
            raise TypeError
        record_orders(session, events, now)

    send(producer, name, [event for pair in zip(ours, others, strict=True) for event in pair])
    stop = running(Consumer(runtime, handlers(on(OrderRecorded, broken))).run)
    wait_until(lambda: orders(runtime.database) == versions(others))
    wait_until(lambda: measured("consumer_stopped_partitions") == 1)
    assert len(letters(runtime.database)) <= CONSECUTIVE
    wait_until(lambda: measured("consumer_lag_seconds") > 0)
    stop.set()
    running(Consumer(runtime, handlers(on(OrderRecorded, record_orders))).run)
    remaining = versions(ours + others)
    for letter in letters(runtime.database):
        remaining.pop(OrderRecorded.model_validate_json(dead_letters.body(letter)).order_id)
    wait_until(lambda: remaining.items() <= orders(runtime.database).items())


def test_types_that_nobody_handles_are_skipped_and_counted(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, event = topic(Topic.PROFILE), order()
    before = measured("consumer_skipped_total")
    send_raw(producer, name, b"not even json", {"ce_type": "profile.future.recorded"})
    send_raw(producer, name, b"no type at all", {})
    send(producer, name, [event])
    running(Consumer(runtime, handlers(on(OrderRecorded, record_orders))).run)
    wait_until(lambda: orders(runtime.database) == versions([event]))
    wait_until(lambda: measured("consumer_skipped_total") == before + 2)
    assert letters(runtime.database) == []


def test_a_lost_connection_repeats_the_batch_and_parks_nothing(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, events, tries = topic(Topic.PROFILE), [order() for _ in range(20)], count()

    def cut_off_twice(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
        record_orders(session, events, now)
        if next(tries) < 2:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    send(producer, name, events)
    running(Consumer(runtime, handlers(on(OrderRecorded, cut_off_twice))).run)
    wait_until(lambda: orders(runtime.database) == versions(events))
    wait_until(lambda: committed(runtime, name) == 20)
    assert letters(runtime.database) == []


def test_a_deadlock_repeats_the_batch(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, events, tries = topic(Topic.PROFILE), [order()], count()

    def deadlocked_once(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
        if next(tries) == 0:
            session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))
        record_orders(session, events, now)

    send(producer, name, events)
    running(Consumer(runtime, handlers(on(OrderRecorded, deadlocked_once))).run)
    wait_until(lambda: orders(runtime.database) == versions(events))
    assert letters(runtime.database) == []


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_a_shop_may_send_cloudevents_in_either_mode(
    mode: str, runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name = topic(Topic.COMMERCE)
    if mode == "binary":
        send_raw(producer, name, b'{"order_id":"A-1"}', {"ce_id": "m-1", "ce_type": "commerce.order.reported"})
    else:
        envelope = b'{"specversion":"1.0","id":"m-1","type":"commerce.order.reported","data":{"order_id":"A-1"}}'
        send_raw(producer, name, envelope, {"content-type": "application/cloudevents+json; charset=utf-8"})
    producer.flush(10)
    running(Consumer(runtime, HANDLERS).run)
    assert wait_until(lambda: seen(runtime.database)) == {"m-1": '{"order_id":"A-1"}'}


def seen(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return dict(session.execute(select(SeenRecord.record_id, SeenRecord.body)).all())


def test_a_reaction_belongs_to_the_trace_of_its_cause(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, trace = topic(Topic.PROFILE), "0af7651916cd43dd8448eb211c80319c"
    send(producer, name, [order()], traceparent=f"00-{trace}-b7ad6b7169203331-01")
    running(Consumer(runtime, handlers(on(OrderRecorded, thank))).run)
    headers: dict[str, Any] = wait_until(lambda: first_headers(runtime.database))
    assert headers["traceparent"].split("-")[1] == trace


def first_headers(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        return session.scalar(select(OutboxRow.headers)) or {}


def test_a_worker_that_stops_in_the_middle_leaves_the_rest_to_the_next(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, events = topic(Topic.PROFILE), [order() for _ in range(3_000)]
    send(producer, name, events)
    table = handlers(on(OrderRecorded, record_orders))
    stop = running(Consumer(runtime, table).run)
    wait_until(lambda: orders(runtime.database))
    stop.set()
    running(Consumer(runtime, table).run)
    wait_until(lambda: len(orders(runtime.database)) == 3_000)


def test_two_workers_share_the_partitions_of_a_topic(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, running: Running
) -> None:
    name, table = topic(Topic.PROFILE), handlers(on(OrderRecorded, record_orders))
    running(Consumer(runtime, table).run)
    running(Consumer(runtime, table).run)
    events = [order() for _ in range(500)]
    send(producer, name, events)
    wait_until(lambda: orders(runtime.database) == versions(events), 30)
