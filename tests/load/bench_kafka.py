"""The Kafka door: order events from the topic to rows, against the least consumer that stores the same messages."""

import itertools
import os
import signal
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import orjson
import psycopg
from kafka import KafkaProducer

from shared.testing.waiting import wait_until
from tests.load import baselines
from tests.load.orders import orders
from tests.load.rows import Row, compared
from tests.stack import Stack

EVENTS = 20_000
STORED = "SELECT count(*) FROM customer_order WHERE source = 'bench' AND shop_order_id = ANY(%s)"


def kafka_door(stack: Stack, seconds: float) -> Iterator[Row]:
    """The door against the least consumer of the same messages."""
    ours, events = received(stack)
    started = time.perf_counter()
    baselines.consume(stack.kafka, "commerce.events", stack.databases["profile"], events)
    theirs = events / (time.perf_counter() - started)
    yield compared("Kafka door, end to end into profile", ours, theirs, "events/s", "≥ 0.2")


def received(stack: Stack) -> tuple[float, int]:
    """Events a second, and how many there were: the topic is filled while the worker stands still, then it goes on."""
    workers = stack.pids("services.profile", "worker")
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        last = _produce(stack)
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    started = time.perf_counter()
    with psycopg.connect(stack.databases["profile"], autocommit=True) as connection:
        wait_until(lambda: _stored(connection, last), timeout=300)
    return EVENTS / (time.perf_counter() - started), EVENTS


def _stored(connection: psycopg.Connection[Any], orders: list[str]) -> bool:
    """Whether these are there: to count all would keep a core busy, once many are stored."""
    found = connection.execute(STORED, (orders,)).fetchone()
    return found is not None and found[0] == len(orders)


def _produce(stack: Stack) -> list[str]:
    """Fill the topic; the last order of each partition."""
    producer = KafkaProducer(bootstrap_servers=stack.kafka, linger_ms=20, batch_size=131072, compression_type="zstd")
    sent = []
    for body in itertools.islice(orders(5), EVENTS):
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(uuid4()),
            "ce_source": "bench",
            "ce_type": "commerce.order.reported",
            "ce_time": body["placed_at"],
            "ce_origin": "import",
            "content-type": "application/json",
        }
        key = body["identities"][0]["value"].encode()
        pairs = [(name, value.encode()) for name, value in headers.items()]
        sent.append((body["order_id"], producer.send("commerce.events", orjson.dumps(body), key=key, headers=pairs)))
    producer.flush()
    producer.close()
    return list({future.get(0).partition: order_id for order_id, future in sent}.values())
