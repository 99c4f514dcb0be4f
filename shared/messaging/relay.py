"""The relay: takes events from the outbox to Kafka, loses none, and keeps their order.

One relay of a service is active, by an advisory lock. It sends the oldest rows, waits for every acknowledgement, and
deletes exactly the rows it sent. When one acknowledgement is missing it deletes nothing and ends the process: a failed
send may be in the log all the same, and the producer may be unable to ever send again. The events then go twice, which
is harmless. There is no cursor: ids are not drawn in the order in which transactions become visible.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import OperationalError

from shared.contracts.base import Topic
from shared.db import Database, among
from shared.ids import time_of
from shared.messaging import clients, epochs
from shared.messaging.outbox import OutboxRow
from shared.messaging.patience import patiently
from shared.pace import rest
from shared.runtime import Runtime
from shared.settings import Settings
from shared.telemetry import log, metrics

LOCK = 7301
BATCH = 2_000
PAUSE, STANDBY = 0.2, 1.0  # a pause costs an event little and lets the next batch be a large one
LOOK_EVERY = 5.0
ACKNOWLEDGED_WITHIN = clients.DELIVERY_TIMEOUT_MS / 1000 + 5

Fetch = Callable[[Connection, int], Sequence[Any]]


class RelayFailed(Exception):
    """An event was not acknowledged: the process must end and begin again."""


def oldest(connection: Connection, limit: int) -> Sequence[Any]:
    """The oldest events that wait."""
    columns = OutboxRow.__table__.c
    statement = select(columns.id, columns.topic, columns.key, columns.event_id, columns.headers, columns.payload)
    return connection.execute(statement.order_by(columns.id).limit(limit)).all()


class Relay:
    """The relay loop of one process."""

    def __init__(self, runtime: Runtime, *, fetch: Fetch = oldest) -> None:
        self._service = runtime.service
        self._settings = runtime.settings
        self._now = runtime.now
        self._fetch = fetch
        self._next_look = 0.0

    def run(self, stop: threading.Event) -> None:
        """Relay until told to stop. Raises RelayFailed when an event was not acknowledged."""
        producer = patiently(lambda: clients.producer(self._settings), stop)
        while producer is not None and not stop.is_set():
            try:
                with self._session() as connection:
                    self._lead(connection, producer, stop)
            except OperationalError as error:  # nothing is in flight here: every send has been answered
                log.warning("the relay lost its database", service=self._service, error=type(error.orig).__name__)
                stop.wait(STANDBY)
        if producer is not None:
            _close(producer)

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        """A connection of its own, past any pooler: the lock lives as long as it does."""
        database = Database(self._settings.database_url(self._service, direct=True), pool_size=1)
        try:
            with database.engine.connect() as connection:
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
        finally:
            database.close()

    def _lead(self, connection: Connection, producer: KafkaProducer, stop: threading.Event) -> None:
        while not stop.is_set() and not connection.scalar(select(func.pg_try_advisory_lock(LOCK))):
            stop.wait(STANDBY)
        if not stop.is_set():
            self._begin(connection)
        while not stop.is_set():
            began = time.monotonic()
            sent = self.relay_once(connection, producer)
            stop.wait(0 if sent == BATCH else rest(time.monotonic() - began, PAUSE))

    def _begin(self, connection: Connection) -> None:
        try:
            epochs.begin(connection, self._settings.epoch, self._now())
        except epochs.EpochTooLow as error:
            log.error("the relay refuses to begin", service=self._service, reason=str(error))
            raise

    def relay_once(self, connection: Connection, producer: KafkaProducer) -> int:
        """Send the oldest events and delete them once all are acknowledged; how many."""
        rows = self._fetch(connection, BATCH)
        self._measure(connection, rows)
        if rows:
            self._send(producer, rows)
            columns = OutboxRow.__table__.c
            connection.execute(delete(OutboxRow).where(among(columns.id, [row.id for row in rows])))
            metrics.RELAY_PUBLISHED.labels(self._service).inc(len(rows))
        return len(rows)

    def _send(self, producer: KafkaProducer, rows: Sequence[Any]) -> None:
        try:
            futures = [producer.send(**_record(self._settings, row)) for row in rows]
            producer.flush(ACKNOWLEDGED_WITHIN)
            offsets = [future.get(0).offset for future in futures]
        except KafkaError as error:
            _close(producer)
            raise RelayFailed(f"{type(error).__name__}: {len(rows)} events stay in the outbox") from error
        if min(offsets) < 0:
            raise RelayFailed(f"the broker named no offset: {len(rows)} events stay in the outbox")

    def _measure(self, connection: Connection, rows: Sequence[Any]) -> None:
        age = time.time() - time_of(rows[0].event_id) / 1000 if rows else 0.0
        metrics.OUTBOX_OLDEST.labels(self._service).set(max(age, 0.0))
        if time.monotonic() >= self._next_look:
            waiting = connection.scalar(select(func.count()).select_from(OutboxRow)) or 0
            metrics.OUTBOX_DEPTH.labels(self._service).set(waiting)
            self._next_look = time.monotonic() + LOOK_EVERY


def _record(settings: Settings, row: Any) -> dict[str, Any]:
    return {
        "topic": clients.topic_name(settings, Topic(row.topic)),
        "key": row.key.encode(),
        "value": epochs.stamped(row.payload, settings.epoch),
        "headers": [(name, str(value).encode()) for name, value in row.headers.items()],
    }


def _close(producer: KafkaProducer) -> None:
    with suppress(KafkaError):
        producer.close(timeout=2)
