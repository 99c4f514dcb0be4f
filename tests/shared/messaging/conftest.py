"""A runtime with topics and a database of its own, and what these tests read and write in Kafka."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from kafka.structs import TopicPartition
from sqlalchemy.orm import Session

from shared.contracts.base import Topic
from shared.contracts.topics import PARTITIONS
from shared.db import Database
from shared.messaging import clients, topics
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.plugin import SettingsFactory
from shared.testing.stack import Infrastructure
from shared.testing.waiting import wait_until
from tests.shared.messaging.projection import Base

Loop = Callable[[threading.Event], None]


@pytest.fixture
def database(database_of: Callable[[str], Database]) -> Database:
    made = database_of("shared")
    Base.metadata.create_all(made.engine)
    return made


@pytest.fixture
def session(session_of: Callable[[str], Session]) -> Session:
    made = session_of("shared")
    Base.metadata.create_all(made.connection())
    return made


@pytest.fixture
def settings(database: Database, infrastructure: Infrastructure, settings_for: SettingsFactory) -> Settings:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return settings_for(
        profile_database_url=url,
        kafka_bootstrap_servers=infrastructure.kafka,
        kafka_topic_prefix=f"m{uuid4().hex[:8]}-",
    )


@pytest.fixture
def runtime(settings: Settings, database: Database, now: datetime) -> Runtime:
    return Runtime("profile", settings, database, lambda: now)


@pytest.fixture
def topic(settings: Settings) -> Iterator[Callable[[Topic], str]]:
    """`topic(Topic.PROFILE)`: makes the topic of this test, gives its name."""
    with ExitStack() as stack:

        def make(one: Topic) -> str:
            made = topics.create(settings, [one])
            stack.callback(topics.delete, settings, made)
            return clients.topic_name(settings, one)

        yield make


@pytest.fixture
def producer(settings: Settings) -> Iterator[KafkaProducer]:
    made = clients.producer(settings)
    yield made
    made.close(timeout=5)


@pytest.fixture
def running() -> Iterator[Callable[[Loop], threading.Event]]:
    """`running(relay.run)`: the loop in a thread; setting the event, or the end of the test, stops it."""
    with ExitStack() as stack:

        def start(loop: Loop) -> threading.Event:
            return stack.enter_context(_in_thread(loop))

        yield start


@contextmanager
def _in_thread(loop: Loop) -> Iterator[threading.Event]:
    stop = threading.Event()
    errors: list[Exception] = []

    def body() -> None:
        try:
            loop(stop)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    yield stop
    stop.set()
    thread.join(30)
    assert not thread.is_alive(), "the loop did not stop"
    assert not errors, errors


def records(settings: Settings, topic: str, expected: int, timeout: float = 20) -> list[Any]:
    """All records of a topic, once there are at least `expected`."""
    reader = clients.consumer(settings, f"reader-{uuid4().hex[:8]}")
    reader.assign([TopicPartition(topic, partition) for partition in range(PARTITIONS)])
    found: list[Any] = []

    def enough() -> bool:
        found.extend(record for some in reader.poll(timeout_ms=200).values() for record in some)
        return len(found) >= expected

    try:
        wait_until(enough, timeout, what=f"{expected} records in {topic}")
        found.extend(record for some in reader.poll(timeout_ms=300).values() for record in some)
    finally:
        reader.close(autocommit=False)
    return found
