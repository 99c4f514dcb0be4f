"""A consumer that the group has lost ends, so that another one takes its place."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from kafka import KafkaProducer
from kafka.coordinator.base import BaseCoordinator
from kafka.future import Future

from shared.contracts.base import Topic
from shared.contracts.profile import OrderRecorded
from shared.messaging import pulse
from shared.messaging.consumer import Consumer
from shared.messaging.handlers import handlers, on
from shared.messaging.pulse import Silent
from shared.runtime import Runtime
from shared.testing.waiting import wait_until
from tests.shared.messaging.projection import order, record_orders
from tests.shared.messaging.test_consumer import TopicMaker, orders, send, versions


def test_a_member_whose_heartbeats_hang_ends_instead_of_polling_for_ever(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(coordinator: BaseCoordinator) -> None:
        await Future()

    monkeypatch.setattr(pulse, "SILENCE", 3.0)
    monkeypatch.setattr(BaseCoordinator, "_send_heartbeat_request", hang)
    name, events = topic(Topic.PROFILE), [order() for _ in range(3)]
    send(producer, name, events)
    consumer, stop = Consumer(runtime, handlers(on(OrderRecorded, record_orders))), threading.Event()
    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(consumer.run, stop)
        wait_until(lambda: orders(runtime.database) == versions(events))
        with pytest.raises(Silent):
            ended.result(60)


def test_a_quiet_member_lives_as_long_as_its_heartbeats(
    runtime: Runtime, topic: TopicMaker, producer: KafkaProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    felt: list[float] = []

    def feel(kafka: object) -> float:
        felt.append(seconds(kafka))
        return felt[-1]

    seconds = pulse.seconds_since_heartbeat
    monkeypatch.setattr(pulse, "SILENCE", 2.5)  # the client sends one every two seconds
    monkeypatch.setattr(pulse, "seconds_since_heartbeat", feel)
    topic(Topic.PROFILE)
    consumer, stop = Consumer(runtime, handlers(on(OrderRecorded, record_orders))), threading.Event()
    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(consumer.run, stop)
        wait_until(lambda: len(felt) > 1 or ended.done())
        stop.set()
        ended.result(60)
