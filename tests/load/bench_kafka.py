"""The Kafka door: order events from the topic to rows, against the least consumer that stores the same messages."""

import itertools
import os
import signal
import time
from collections.abc import Iterator
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


def kafka_door(stack: Stack, seconds: float) -> Iterator[Row]:
    """The door against the least consumer of the same messages."""
    ours, events = received(stack)
    started = time.perf_counter()
    baselines.consume(stack.kafka, "commerce.events", stack.databases["profile"], events)
    theirs = events / (time.perf_counter() - started)
    yield compared("Kafka door, end to end into profile", ours, theirs, "events/s", "≥ 0.2")


def received(stack: Stack) -> tuple[float, int]:
    """Events a second, and how many there were: the topic is filled while the worker stands still, then it goes on."""
    before = _stored(stack)
    workers = stack.pids("services.profile", "worker")
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        _produce(stack)
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    started = time.perf_counter()
    wait_until(lambda: _stored(stack) >= before + EVENTS, timeout=300)
    return EVENTS / (time.perf_counter() - started), EVENTS


def _stored(stack: Stack) -> int:
    with psycopg.connect(stack.databases["profile"]) as connection:
        row = connection.execute("SELECT count(*) FROM customer_order").fetchone()
    return row[0] if row else 0


def _produce(stack: Stack) -> None:
    producer = KafkaProducer(bootstrap_servers=stack.kafka, linger_ms=20, batch_size=131072, compression_type="zstd")
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
        producer.send("commerce.events", orjson.dumps(body), key=key, headers=pairs)
    producer.flush()
    producer.close()
