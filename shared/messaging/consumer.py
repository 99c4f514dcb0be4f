"""The consumer: Kafka batches to use cases, one transaction per batch, the Kafka offsets after it.

A batch that is delivered twice, by a stale owner or after a reset of the group, is harmless because handlers converge;
so the loop needs no fence and no memory. What it must never do is to pass over a message without having applied or
parked it.
"""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata, TopicPartition

from shared.messaging import clients, dead_letters
from shared.messaging.cloudevents import message_of
from shared.messaging.dispatch import Failure, apply, decode, is_operational, wanted, without_erased
from shared.messaging.handlers import Handlers, Message
from shared.messaging.patience import patiently
from shared.messaging.pulse import Pulse
from shared.messaging.runaway import Track
from shared.messaging.tracing import consuming
from shared.runtime import Runtime
from shared.telemetry import log, metrics

POLL_MS = 500
CUSTOMERS, MESSAGES = 500, 2_000
STRAGGLERS_MS = 20  # what was sent together comes in several answers of the broker
WINDOW, PAUSE = 0.1, 0.1
BACK_OFF = (0.1, 10.0)

Records = dict[TopicPartition, list[Any]]


class Runaway(Exception):
    """Too many messages of these partitions fail: the fault is not theirs."""

    def __init__(self, partitions: Sequence[TopicPartition]) -> None:
        super().__init__(", ".join(names(partitions)))
        self.partitions = partitions


class Consumer:
    """The consumer loop of one process."""

    def __init__(self, runtime: Runtime, handlers: Handlers) -> None:
        self._runtime = runtime
        self._handlers = handlers
        self._prefix = runtime.settings.kafka_topic_prefix
        self._tracks: dict[TopicPartition, Track] = defaultdict(Track)
        self._waiting_since: dict[TopicPartition, float] = {}  # of partitions that are stopped

    def run(self, stop: threading.Event) -> None:
        """Consume until told to stop. Raises Silent when the group has lost this member and it cannot know."""
        kafka = patiently(lambda: clients.consumer(self._runtime.settings, self._runtime.service), stop)
        if kafka is None:
            return
        kafka.subscribe([clients.topic_name(self._runtime.settings, topic) for topic in sorted(self._handlers.topics)])
        pulse = Pulse()
        try:
            while not stop.is_set():
                batch = gathered(kafka)
                pulse.feel(kafka, got=bool(batch))
                self._step(kafka, batch, stop)
                if batch and is_caught_up(kafka, batch):
                    stop.wait(PAUSE)
        finally:
            with suppress(KafkaError):
                kafka.close(autocommit=False, timeout_ms=2_000)

    def _step(self, kafka: KafkaConsumer, batch: Records, stop: threading.Event) -> None:
        self._waiting_since = {place: at for place, at in self._waiting_since.items() if place in kafka.paused()}
        self._measure(batch)
        if batch and self._settle(kafka, batch, stop):
            _commit(kafka, batch)

    def _settle(self, kafka: KafkaConsumer, batch: Records, stop: threading.Event) -> bool:
        """Apply or park the whole batch, however long the database is away; False when told to stop before."""
        pause, longest = BACK_OFF
        while not stop.is_set():
            try:
                self._in_one_transaction(batch)
            except Runaway as runaway:
                self._stop_partitions(kafka, batch, runaway.partitions)
            except Exception as error:
                if not is_operational(error):
                    raise
                metrics.CONSUMER_RETRIES.labels(self._runtime.service).inc()
                log.warning("the batch waits", service=self._runtime.service, error=type(error).__name__)
                stop.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
                pause = min(pause * 2, longest)
                self._measure(batch)
            else:
                return True
        return False

    def _in_one_transaction(self, batch: Records) -> None:
        messages = [message_of(record, self._prefix) for records in batch.values() for record in records]
        chosen = [message for message in messages if wanted(self._handlers, message)]
        items, failures = decode(self._handlers, chosen)
        started, now = time.monotonic(), self._runtime.now()
        with consuming(self._runtime.service, chosen), self._runtime.database.transaction() as session:
            failures += apply(session, self._handlers, without_erased(session, items), now)
            tracks = self._judged(chosen, failures)
            dead_letters.park(session, failures, now)
        self._tracks.update(tracks)
        self._count(len(messages) - len(chosen), chosen, failures, time.monotonic() - started)

    def _judged(self, messages: Sequence[Message], failures: Sequence[Failure]) -> dict[TopicPartition, Track]:
        """The tracks after this batch; raises Runaway when a partition fails too often."""
        failed = {(f.item.message.topic, f.item.message.partition, f.item.message.offset) for f in failures}
        outcomes: dict[TopicPartition, list[bool]] = defaultdict(list)
        for message in messages:
            place = TopicPartition(self._prefix + message.topic, message.partition)
            outcomes[place].append((message.topic, message.partition, message.offset) in failed)
        tracks = {place: self._tracks[place].after(told) for place, told in outcomes.items()}
        running = [place for place, track in tracks.items() if track.is_running_away and any(outcomes[place])]
        if running:
            raise Runaway(running)
        return tracks

    def _stop_partitions(self, kafka: KafkaConsumer, batch: Records, partitions: Sequence[TopicPartition]) -> None:
        """Leave partitions where they are until somebody mends the handler and starts the process again."""
        for place in partitions:
            first = batch.pop(place)[0]
            self._waiting_since[place] = first.timestamp / 1000
            if place in kafka.assignment():
                kafka.pause(place)
                kafka.seek(place, first.offset)
        log.error("partitions stopped: too many events fail", partitions=names(partitions))

    def _count(self, skipped: int, messages: Sequence[Message], failures: Sequence[Failure], seconds: float) -> None:
        service = self._runtime.service
        metrics.CONSUMER_SKIPPED.labels(service).inc(skipped)
        metrics.CONSUMER_APPLIED.labels(service).inc(len(messages) - len(failures))
        metrics.CONSUMER_BATCH_SIZE.labels(service).observe(len(messages))
        metrics.CONSUMER_BATCH_SECONDS.labels(service).observe(seconds)
        for failure in failures:
            metrics.DEAD_LETTERS.labels(service, failure.reason).inc()
            log.error("event parked", type=failure.item.message.type, reason=failure.reason, error=failure.error)

    def _measure(self, batch: Records) -> None:
        """Lag in seconds: how long the oldest message that is not applied has been in the log."""
        written = [records[0].timestamp / 1000 for records in batch.values()] + list(self._waiting_since.values())
        metrics.CONSUMER_LAG.labels(self._runtime.service).set(max(0.0, time.time() - min(written)) if written else 0.0)
        metrics.CONSUMER_STOPPED.labels(self._runtime.service).set(len(self._waiting_since))
        metrics.CONSUMER_ALIVE.labels(self._runtime.service).set(time.time())


def names(partitions: Sequence[TopicPartition]) -> list[str]:
    """Partitions as people write them."""
    return [f"{place.topic}/{place.partition}" for place in partitions]


def gathered(kafka: KafkaConsumer) -> Records:
    """One batch: what is there now, up to 500 customers, 2,000 messages or 100 ms, whichever comes first."""
    batch: Records = kafka.poll(timeout_ms=POLL_MS)
    deadline = time.monotonic() + WINDOW
    while batch and not _is_full(batch) and time.monotonic() < deadline:
        more = kafka.poll(timeout_ms=STRAGGLERS_MS)
        if not more:
            break
        for place, records in more.items():
            batch.setdefault(place, []).extend(records)
    return batch


def is_caught_up(kafka: KafkaConsumer, batch: Records) -> bool:
    """Whether the broker had no more than this batch when it last answered."""
    return all((kafka.highwater(place) or 0) <= records[-1].offset + 1 for place, records in batch.items())


def _is_full(batch: Records) -> bool:
    keys = [record.key for records in batch.values() for record in records]
    return len(keys) >= MESSAGES or len(set(keys)) >= CUSTOMERS


def _commit(kafka: KafkaConsumer, batch: Records) -> None:
    """Tell Kafka how far we are. When that fails the batch comes again, which is harmless."""
    offsets = {place: OffsetAndMetadata(records[-1].offset + 1) for place, records in batch.items()}
    try:
        kafka.commit(offsets, timeout_ms=5_000)
    except KafkaError as error:
        log.warning("offsets not committed", error=type(error).__name__)
