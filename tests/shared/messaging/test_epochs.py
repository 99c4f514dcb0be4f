"""A restored service is believed again, though it counts from where its backup stood."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import orjson
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from shared.contracts.base import Topic
from shared.contracts.profile import OrderRecorded
from shared.messaging.epochs import SPAN, EpochTooLow, begin, stamped
from shared.messaging.relay import Relay
from shared.runtime import Runtime
from tests.shared.messaging.commits import add, waiting
from tests.shared.messaging.conftest import records
from tests.shared.messaging.projection import SeenOrder, order, record_orders

Running = Callable[[Callable[[threading.Event], None]], threading.Event]


def test_versions_of_a_later_epoch_are_higher_than_all_before() -> None:
    told = [stamped(orjson.dumps({"version": n, "total": "95.00"}), epoch) for epoch in range(3) for n in (1, SPAN - 1)]
    documents = [orjson.loads(one) for one in told]
    assert [one["version"] for one in documents] == sorted({one["version"] for one in documents})
    assert {one["total"] for one in documents} == {"95.00"}
    assert stamped(told[-1], 2) == told[-1], "once more is nothing new"


@pytest.mark.capability("C-09")
def test_what_a_restored_service_tells_counts(
    runtime: Runtime, topic: Callable[[Topic], str], running: Running, session: Session, now: datetime
) -> None:
    name, before = topic(Topic.PROFILE), order(version=7)
    record_orders(session, [before], now)
    restored = order(version=3, order_id=before.order_id, customer_id=before.customer_id)
    record_orders(session, [restored], now)
    assert session.get_one(SeenOrder, before.order_id).version == 7, "without an epoch it is taken for old"
    add(runtime.database, [restored])
    running(Relay(replace(runtime, settings=runtime.settings.model_copy(update={"epoch": 1}))).run)
    (record,) = records(runtime.settings, name, 1)
    told = OrderRecorded.model_validate_json(record.value)
    assert told == restored.model_copy(update={"version": SPAN + 3})
    record_orders(session, [told], now)
    session.expire_all()
    assert session.get_one(SeenOrder, before.order_id).version == SPAN + 3


@pytest.fixture
def connection(runtime: Runtime) -> Iterator[Connection]:
    with runtime.database.engine.connect() as opened:
        yield opened.execution_options(isolation_level="AUTOCOMMIT")


def test_an_epoch_is_kept_and_only_rises(connection: Connection, now: datetime) -> None:
    for epoch in (0, 0, 2, 2):
        begin(connection, epoch, now)
    with pytest.raises(EpochTooLow, match="GUANXI_EPOCH is 1, but events were told in epoch 2"):
        begin(connection, 1, now)
    begin(connection, 3, now)


def test_a_copy_of_a_database_tells_nothing_in_the_epoch_of_its_original(connection: Connection, now: datetime) -> None:
    begin(connection, 2, now)
    connection.execute(text("UPDATE told_epoch SET place = '1/1'"))  # as if it had been restored elsewhere
    with pytest.raises(EpochTooLow, match="set GUANXI_EPOCH to 3"):
        begin(connection, 2, now)
    for _ in range(2):
        begin(connection, 3, now)


def test_a_relay_of_a_lowered_epoch_says_why_it_ends_and_tells_nothing(
    runtime: Runtime, connection: Connection, now: datetime
) -> None:
    begin(connection, 1, now)
    add(runtime.database, [order()])
    with pytest.raises(EpochTooLow, match="GUANXI_EPOCH is 0, but events were told in epoch 1"):
        Relay(runtime).run(threading.Event())
    assert waiting(runtime.database) == 1
