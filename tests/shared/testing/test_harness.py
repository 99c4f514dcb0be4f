"""The harness lets converging handlers pass and catches those that do not converge."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import due, linking
from shared.contracts.profile import CustomerLinked, OrderRecorded
from shared.db import NEWER, REPLACE, Database, SharedBase, put
from shared.messaging.handlers import Handlers, handlers, on
from shared.testing.harness import WHOLE, Subject, converges, differences
from tests.shared.messaging.projection import Base, SeenOrder, record_orders, row, thank

METADATA = [SharedBase.metadata, Base.metadata]


@pytest.fixture
def database(database_of: Callable[[str], Database]) -> Database:
    made = database_of("shared")
    Base.metadata.create_all(made.engine)
    return made


def link(session: Session, events: Sequence[CustomerLinked], now: datetime) -> None:
    moved = linking.point(session, [(e.customer_id, e.canonical_id, e.version) for e in events])
    due.mark(session, moved, now)


def last_writer(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    put(session, SeenOrder, [row(event) for event in events], on_conflict=REPLACE)


def adding(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    rows = [row(event) for event in events]
    put(session, SeenOrder, rows, on_conflict=NEWER)
    session.execute(text("UPDATE seen_order SET total = total + 1"))


def subject(table: Handlers, **ignoring: Any) -> Subject:
    return Subject(table, METADATA, ignoring={"customer_due": WHOLE, **ignoring})


def test_handlers_that_converge_pass(database: Database, now: datetime) -> None:
    table = handlers(on(CustomerLinked, link), on(OrderRecorded, record_orders, thank))
    converges(database, subject(table), now)


def test_a_state_without_a_version_guard_is_caught(database: Database, now: datetime) -> None:
    with pytest.raises(AssertionError, match="seen_order"):
        converges(database, subject(handlers(on(OrderRecorded, last_writer))), now, examples=50)


def test_a_handler_that_adds_to_a_number_is_caught(database: Database, now: datetime) -> None:
    with pytest.raises(AssertionError, match="seen_order"):
        converges(database, subject(handlers(on(OrderRecorded, adding))), now)


def test_what_is_declared_to_differ_may_differ(database: Database, now: datetime) -> None:
    converges(database, subject(handlers(on(OrderRecorded, adding)), seen_order={"total"}), now)


def test_handlers_that_do_nothing_are_no_proof(database: Database, now: datetime) -> None:
    with pytest.raises(AssertionError, match="no row"):
        converges(database, subject(handlers(on(OrderRecorded, lambda session, events, now: None))), now)


def test_every_run_leaves_the_database_as_it_was(database: Database, now: datetime) -> None:
    converges(database, subject(handlers(on(OrderRecorded, record_orders))), now, examples=3)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM seen_order")) == 0


def test_a_difference_names_what_is_missing_and_what_is_too_much() -> None:
    assert differences({"t": ["a", "a", "b"]}, {"t": ["a", "b", "c"]}) == "t:\n  - a\n  + c"
    assert differences({"t": ["a", "b"]}, {"t": ["a", "b"]}) == ""
