"""The relay loses nothing, keeps each customer's order, and only one of a service is active."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from kafka import KafkaProducer
from sqlalchemy import text

from shared.contracts.base import Topic
from shared.contracts.profile import OrderRecorded
from shared.db import Database
from shared.ids import new_id
from shared.messaging.relay import LOCK, Relay, RelayFailed
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.processes import environment_of
from shared.testing.waiting import wait_until
from tests.shared.messaging.commits import add, header, late_commit_arrives, waiting
from tests.shared.messaging.conftest import records
from tests.shared.messaging.projection import order

Running = Callable[[Callable[[threading.Event], None]], threading.Event]


def test_events_reach_their_topic_in_the_order_of_their_customer(
    runtime: Runtime, topic: Callable[[Topic], str], running: Running
) -> None:
    name, customers = topic(Topic.PROFILE), [new_id() for _ in range(7)]
    subjects = {customer: new_id() for customer in customers}
    for version in range(1, 21):
        events = [order(version, customer_id=c, order_id=subject) for c, subject in subjects.items()]
        add(runtime.database, events)
    running(Relay(runtime).run)
    found = records(runtime.settings, name, 140)
    for customer in customers:
        bodies = [OrderRecorded.model_validate_json(r.value) for r in found if r.key == str(customer).encode()]
        assert [body.version for body in bodies] == list(range(1, 21))
    wait_until(lambda: waiting(runtime.database) == 0)


def test_a_record_is_a_cloudevent_in_binary_mode(
    runtime: Runtime, topic: Callable[[Topic], str], running: Running
) -> None:
    name, event = topic(Topic.PROFILE), order()
    add(runtime.database, [event])
    running(Relay(runtime).run)
    (record,) = records(runtime.settings, name, 1)
    assert header(record, "ce_specversion") == "1.0"
    assert header(record, "ce_type") == "profile.order.recorded"
    assert header(record, "ce_source") == "guanxi/profile"
    assert header(record, "ce_subject") == f"order/{event.order_id}"
    assert header(record, "ce_time") == "2026-11-22T03:00:00Z"
    assert header(record, "ce_dataschema") == "profile.order.recorded/1"
    assert header(record, "content-type") == "application/json"


def test_a_relay_killed_between_sending_and_deleting_loses_nothing(
    runtime: Runtime, topic: Callable[[Topic], str], running: Running
) -> None:
    name, events = topic(Topic.PROFILE), [order() for _ in range(50)]
    add(runtime.database, events)
    command = [sys.executable, "-m", "tests.shared.messaging.dying_relay"]
    ended = subprocess.run(command, env=environment_of(runtime.settings), check=False, timeout=60)
    assert ended.returncode == -9
    assert waiting(runtime.database) == 50
    running(Relay(runtime).run)
    wait_until(lambda: waiting(runtime.database) == 0)
    found = records(runtime.settings, name, 100)
    assert len(found) == 100, "sent by the killed one and by the next"
    assert {header(r, "ce_subject") for r in found} == {event.subject for event in events}


def test_an_event_whose_transaction_commits_late_is_not_passed_over(
    runtime: Runtime, topic: Callable[[Topic], str], running: Running
) -> None:
    name = topic(Topic.PROFILE)
    running(Relay(runtime).run)
    assert late_commit_arrives(runtime, name)


def test_of_two_relays_one_is_active_and_the_other_takes_over(
    runtime: Runtime, topic: Callable[[Topic], str], running: Running
) -> None:
    name = topic(Topic.PROFILE)
    stop = running(Relay(runtime).run)
    wait_until(lambda: leaders(runtime.database) == 1)
    running(Relay(runtime).run)
    add(runtime.database, [order() for _ in range(30)])
    assert len(records(runtime.settings, name, 30)) == 30
    assert leaders(runtime.database) == 1
    stop.set()
    add(runtime.database, [order() for _ in range(30)])
    assert len(records(runtime.settings, name, 60)) == 60


def leaders(database: Database) -> int:
    held = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with database.reading() as session:
        return session.scalar(held, {"lock": LOCK}) or 0


def test_a_relay_whose_connection_is_cut_goes_on(
    runtime: Runtime, topic: Callable[[Topic], str], running: Running
) -> None:
    name = topic(Topic.PROFILE)
    running(Relay(runtime).run)
    wait_until(lambda: leaders(runtime.database) == 1)
    with runtime.database.transaction() as session:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock"
        session.execute(text(cut + " AND pid <> pg_backend_pid()"), {"lock": LOCK})
    add(runtime.database, [order()])
    assert len(records(runtime.settings, name, 1)) == 1


def test_without_a_topic_nothing_is_deleted_and_the_relay_ends(runtime: Runtime) -> None:
    add(runtime.database, [order()])
    with pytest.raises(RelayFailed, match="1 events stay"):
        Relay(runtime).run(threading.Event())
    assert waiting(runtime.database) == 1


@dataclass
class Answer:
    offset: int

    def get(self, timeout: float) -> "Answer":
        return self


class Forgetful:
    """A producer whose broker acknowledges but names no offset."""

    def send(self, **record: Any) -> Answer:
        return Answer(-1)

    def flush(self, timeout: float) -> None:
        """Nothing waits."""


def test_an_acknowledgement_without_an_offset_is_none(runtime: Runtime) -> None:
    add(runtime.database, [order()])
    relay: Any = Relay(runtime)
    with runtime.database.engine.connect() as connection, pytest.raises(RelayFailed):
        relay.relay_once(connection.execution_options(isolation_level="AUTOCOMMIT"), Forgetful())
    assert waiting(runtime.database) == 1


def test_a_relay_that_is_told_to_stop_before_the_broker_answers_stops(settings: Settings, runtime: Runtime) -> None:
    nowhere = settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    stop = threading.Event()
    stop.set()
    Relay(Runtime("profile", nowhere, runtime.database, runtime.clock)).run(stop)


def test_the_client_settings_are_those_the_promises_need(producer: KafkaProducer) -> None:
    chosen = {"acks": -1, "enable_idempotence": True, "compression_type": "zstd", "linger_ms": 20, "max_block_ms": 5000}
    assert {name: producer.config[name] for name in chosen} == chosen
