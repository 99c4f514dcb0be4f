import io
import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress

from deploy.local.orderlog import cdnow
from deploy.local.orderlog.replay import moved_to, replay
from shared.contracts.base import Topic
from shared.messaging.clients import consumer, topic_name
from shared.messaging.topics import create, delete
from shared.settings import Settings
from shared.testing.stack import Infrastructure

REPORTS = [
    cdnow.order(f"{number}-1", f"{number:05}", date(2026, 11, 1), (1, Decimal("9.99")), "CNY") for number in range(300)
]


@pytest.fixture
def settings(settings_for: Any, infrastructure: Infrastructure, run_id: str) -> Iterator[Settings]:
    prefix = f"replay-{run_id}-"
    settings: Settings = settings_for(kafka_bootstrap_servers=infrastructure.kafka, kafka_topic_prefix=prefix)
    create(settings)
    yield settings
    delete(settings, [topic_name(settings, topic) for topic in Topic])


@pytest.fixture
def taken_in(settings: Settings) -> Iterator[list[Any]]:
    """What somebody in profile's place takes in."""
    records: list[Any] = []
    stop = threading.Event()

    def take() -> None:
        client = consumer(settings, "profile")
        client.subscribe([topic_name(settings, Topic.COMMERCE)])
        while not stop.is_set():
            for batch in client.poll(timeout_ms=100).values():
                records.extend(batch)
            client.commit()
        client.close()

    thread = threading.Thread(target=take)
    thread.start()
    yield records
    stop.set()
    thread.join()


def test_a_replay_ends_when_profile_has_taken_in_every_report(settings: Settings, taken_in: list[Any]) -> None:
    replay(settings, "guanxi-demo/cdnow", iter(REPORTS), len(REPORTS))
    assert len(taken_in) == len(REPORTS)
    told = dict(taken_in[0].headers)
    assert told["ce_origin"] == b"import"
    assert told["ce_type"] == b"commerce.order.reported"
    assert {record.key.decode() for record in taken_in} == {report.key for report in REPORTS}
    replay(settings, "guanxi-demo/cdnow", iter(REPORTS[:10]), 10)
    assert len(taken_in) == len(REPORTS) + 10


@pytest.mark.parametrize(
    ("terminal", "told"), [(False, ["taken in: 10 %", "taken in: 35 %", "taken in: 100 %"]), (True, [])]
)
def test_where_no_bar_is_seen_each_tenth_is_a_line(terminal: bool, told: list[str]) -> None:
    console = Console(file=io.StringIO(), force_terminal=terminal)
    progress = Progress(console=console)
    task = progress.add_task("taken in", total=200)
    for done in (5, 20, 39, 70, 71, 200):
        moved_to(progress, task, done)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().split("\n")[:-1] == [f"  {one}" for one in told]
