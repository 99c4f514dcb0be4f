"""Sending a log to `commerce.events` as a shop's own back end would, and watching profile take it in."""

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import orjson
from kafka.errors import RetriableError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from deploy.local.orderlog.reports import Report
from deploy.local.problems import StackError
from shared.contracts.base import Topic
from shared.ids import new_id
from shared.messaging.clients import admin, producer, topic_name
from shared.settings import Settings

IN_FLIGHT = 5_000
ACKNOWLEDGED_SECONDS = 60
STANDSTILL_SECONDS = 120
STEP_SECONDS = 0.5
CONSUMER = "profile"
Ends = dict[int, int]


def replay(settings: Settings, source: str, reports: Iterator[Report], count: int) -> None:
    """Send every report and return when profile has stored or refused all of them."""
    columns = (TextColumn("  {task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        before = _committed(settings)
        ends = send(settings, source, reports, progress, progress.add_task("sent", total=count))
        _await(settings, before, ends, progress)


def send(settings: Settings, source: str, reports: Iterator[Report], progress: Progress, task: TaskID) -> Ends:
    """Send reports, every one acknowledged; per partition the offset after the last."""
    client = producer(settings)
    ends: Ends = {}
    waiting: deque[Any] = deque()
    try:
        for number, report in enumerate(reports, 1):
            waiting.append(_send(client, settings, source, report))
            if len(waiting) > IN_FLIGHT:
                _acknowledged(waiting.popleft(), ends)
            moved_to(progress, task, number)
        client.flush(ACKNOWLEDGED_SECONDS)
        while waiting:
            _acknowledged(waiting.popleft(), ends)
    finally:
        client.close(timeout=ACKNOWLEDGED_SECONDS)
    return ends


def moved_to(progress: Progress, task: TaskID, done: int) -> None:
    """Move the bar; where no bar can be seen, as in a log, say each tenth in a line."""
    bar = progress.tasks[task]
    before = bar.percentage // 10
    progress.update(task, completed=done)
    if bar.percentage // 10 > before and not progress.console.is_terminal:
        progress.console.print(f"  {bar.description}: {bar.percentage:.0f} %")


def headers(source: str, report: Report) -> list[tuple[str, bytes]]:
    """The CloudEvents attributes of a report that comes out of a log, not out of life."""
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(new_id()),
        "ce_source": source,
        "ce_type": report.type,
        "ce_subject": report.subject,
        "ce_time": report.at.isoformat(),
        "ce_origin": "import",
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in attributes.items()]


def _send(client: Any, settings: Settings, source: str, report: Report) -> Any:
    return client.send(
        topic_name(settings, Topic.COMMERCE),
        value=orjson.dumps(report.body),
        key=report.key.encode(),
        headers=headers(source, report),
    )


def _acknowledged(future: Any, ends: Ends) -> None:
    written = future.get(timeout=ACKNOWLEDGED_SECONDS)
    ends[written.partition] = max(written.offset + 1, ends.get(written.partition, 0))


def _await(settings: Settings, before: Ends, ends: Ends, progress: Progress) -> None:
    """Follow the consumer group until it has committed everything that was sent."""
    started = {partition: before.get(partition, 0) for partition in ends}
    task = progress.add_task("taken in", total=sum(ends[partition] - started[partition] for partition in ends))
    moved, done = time.monotonic(), 0
    while not progress.finished:
        committed = _committed(settings)
        now = sum(min(committed.get(one, 0), ends[one]) - min(started[one], ends[one]) for one in ends)
        if now != done:
            moved, done = time.monotonic(), now
        moved_to(progress, task, done)
        if time.monotonic() - moved > STANDSTILL_SECONDS:
            raise StackError("Profile takes nothing in any more: look at its worker with make log.")
        time.sleep(STEP_SECONDS)


def _committed(settings: Settings) -> Ends:
    """Per partition how far profile has come; nothing while the broker is finding or loading the group."""
    client = admin(settings)
    group = f"{settings.kafka_topic_prefix}{CONSUMER}"
    try:
        offsets = client.list_group_offsets(group)[group]
    except RetriableError:
        return {}
    finally:
        client.close()
    topic = topic_name(settings, Topic.COMMERCE)
    return {one.partition: found.offset for one, found in offsets.items() if one.topic == topic and found.offset >= 0}
