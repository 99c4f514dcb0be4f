"""What `put` does with rows that meet others, in the table and in their own batch; one transaction per block."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, Float, MetaData, select, text
from sqlalchemy.exc import IntegrityError, InternalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import db
from shared.crypto import Secret
from shared.db import NAMING, NEWER, NOTHING, REPLACE, Database, put
from shared.ids import new_id
from shared.inserts import OnConflict


class Base(db.Base):
    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


class State(Base):
    __tablename__ = "state"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    value: Mapped[str]


class Everything(Base):
    __tablename__ = "everything"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime | None]
    amount: Mapped[Decimal]
    flag: Mapped[bool]
    words: Mapped[str]
    document: Mapped[dict[str, Any] | None]
    entries: Mapped[list[Any]]
    share: Mapped[float] = mapped_column(Float)
    marks: Mapped[list[float]] = mapped_column(ARRAY(Float))
    secret: Mapped[str | None] = mapped_column(Secret)


Row = tuple[int, int, str]
ROWS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5), st.text("abc", max_size=2)), max_size=12)


@pytest.fixture
def session(session_of: Callable[[str], Session]) -> Session:
    made = session_of("shared")
    Base.metadata.create_all(made.connection())
    return made


def stored(session: Session) -> dict[int, tuple[int, str]]:
    return {row.id: (row.version, row.value) for row in session.execute(select(State.id, State.version, State.value))}


def write(session: Session, rows: Sequence[Row], on_conflict: OnConflict) -> set[int]:
    fields = [dict(zip(("id", "version", "value"), row, strict=True)) for row in rows]
    return {row.id for row in put(session, State, fields, on_conflict=on_conflict, returning=["id"])}


def newest(rows: Sequence[Row]) -> dict[int, tuple[int, str]]:
    kept: dict[int, tuple[int, str]] = {}
    for identifier, version, value in rows:
        if identifier not in kept or version > kept[identifier][0]:
            kept[identifier] = (version, value)
    return kept


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, ROWS)
def test_newer_keeps_the_highest_version_of_batch_and_table(
    session: Session, first: list[Row], then: list[Row]
) -> None:
    with session.begin_nested() as attempt:
        write(session, first, NEWER)
        before = stored(session)
        changed = write(session, then, NEWER)
        assert stored(session) == newest([*first, *then])
        assert changed == {identifier for identifier, row in stored(session).items() if before.get(identifier) != row}
        attempt.rollback()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, ROWS)
def test_nothing_keeps_the_first_and_replace_the_last(session: Session, first: list[Row], then: list[Row]) -> None:
    rows = [*first, *then]
    for on_conflict, wanted in ((NOTHING, rows[::-1]), (REPLACE, rows)):
        with session.begin_nested() as attempt:
            write(session, first, on_conflict)
            write(session, then, on_conflict)
            assert stored(session) == {identifier: (version, value) for identifier, version, value in wanted}
            attempt.rollback()


def test_a_key_that_is_there_is_an_error_unless_said_otherwise(session: Session) -> None:
    write(session, [(1, 1, "a")], OnConflict.ERROR)
    with pytest.raises(IntegrityError):
        write(session, [(1, 2, "b")], OnConflict.ERROR)


def test_only_rows_that_were_written_come_back(session: Session) -> None:
    assert write(session, [(1, 2, "a"), (2, 1, "a")], NEWER) == {1, 2}
    assert write(session, [(1, 1, "old"), (2, 2, "new"), (3, 1, "more")], NEWER) == {2, 3}


def test_no_rows_are_no_statement(session: Session) -> None:
    assert put(session, State, [], on_conflict=NEWER, returning=["id"]) == []


@pytest.mark.parametrize("words", ["", "NULL", 'quote " and \\ back', "{,}", "茶 🍵", "line\nbreak"])
def test_every_type_comes_back_as_it_went_in(session: Session, words: str) -> None:
    row = {
        "id": new_id(),
        "at": datetime(2026, 11, 25, 8, tzinfo=UTC),
        "amount": Decimal("12345678901234.5678"),
        "flag": True,
        "words": words,
        "document": {"words": words, "list": [1, None, {"deep": True}]},
        "entries": [words, 1.5, []],
        "share": 0.1 + 0.2,
        "marks": [0.1, 1e300, -0.0],
        "secret": words,
    }
    empty = row | {"id": new_id(), "at": None, "document": None, "secret": None, "entries": []}
    put(session, Everything, [row, empty])
    for wanted in (row, empty):
        found = session.get_one(Everything, wanted["id"])
        assert {name: getattr(found, name) for name in row} == wanted


def test_rows_with_different_fields_are_refused(session: Session) -> None:
    full = {"id": 1, "version": 1, "value": "a"}
    with pytest.raises(ValueError, match="same fields"):
        put(session, State, [full, {"id": 2, "version": 1}], on_conflict=NEWER)


def test_a_secret_is_not_readable_in_the_table_or_from_another_column(session: Session) -> None:
    plain: dict[str, Any] = {
        "at": None,
        "amount": Decimal(1),
        "flag": False,
        "words": "",
        "document": None,
        "entries": [],
        "share": 0.5,
        "marks": [],
    }
    put(session, Everything, [plain | {"id": new_id(), "secret": "+8613800138000"}])
    stored_bytes = bytes(session.scalar(text("SELECT secret FROM everything")))
    assert b"13800138000" not in stored_bytes
    session.execute(text("ALTER TABLE everything RENAME TO other"))
    moved = Base.metadata.tables["everything"].to_metadata(MetaData(), name="other")
    with pytest.raises(ValueError, match="was not written there"):
        session.execute(select(moved.c.secret)).all()


def test_many_rows_are_one_statement_beyond_the_limit_of_parameters(session: Session) -> None:
    assert len(write(session, [(at, 1, "x") for at in range(70_000)], NOTHING)) == 70_000


def test_a_block_that_raises_leaves_nothing(database_of: Callable[[str], Database]) -> None:
    database = database_of("shared")
    Base.metadata.create_all(database.engine)
    with pytest.raises(RuntimeError), database.transaction() as session:
        write(session, [(1, 1, "a")], NOTHING)
        raise RuntimeError
    with database.transaction() as session:
        assert stored(session) == {}
        write(session, [(2, 1, "b")], NOTHING)
    with database.reading() as session:
        assert stored(session) == {2: (1, "b")}


def test_a_reading_session_cannot_write(database_of: Callable[[str], Database]) -> None:
    database = database_of("shared")
    Base.metadata.create_all(database.engine)
    with pytest.raises(InternalError, match="read-only"), database.reading() as session:
        write(session, [(1, 1, "a")], NOTHING)


def test_a_single_statement_stands_at_once_and_leaves_its_connection_as_it_was(
    database_of: Callable[[str], Database],
) -> None:
    database = database_of("shared")
    Base.metadata.create_all(database.engine)
    with database.statement() as session:
        write(session, [(1, 1, "a")], NOTHING)
        with database.reading() as other:
            assert stored(other) == {1: (1, "a")}
    with pytest.raises(RuntimeError), database.transaction() as session:
        write(session, [(2, 1, "b")], NOTHING)
        raise RuntimeError
    with database.reading() as session:
        assert stored(session) == {1: (1, "a")}


def test_a_statement_that_comes_again_is_prepared(database_of: Callable[[str], Database]) -> None:
    database = database_of("shared")
    known = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 7 +%'")
    with database.reading() as session:
        for prepared in (0, 1, 1):
            session.execute(text("SELECT 7 + :more"), {"more": 1})
            assert session.scalar(known) == prepared
