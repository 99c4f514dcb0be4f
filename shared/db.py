"""The database: sessions, the one place that commits, and the set-based write `put`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, ClassVar
from uuid import UUID

import orjson
from psycopg import _queries
from psycopg.types.array import ListBinaryDumper
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Engine,
    MetaData,
    Numeric,
    Row,
    String,
    Text,
    TypeDecorator,
    Uuid,
    any_,
    create_engine,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.event import listen
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker

from shared.inserts import OnConflict, document, insert_of

# The driver looks for the binds of a long statement each time it is sent. Ours are few and always the same.
_queries.MAX_CACHED_STATEMENT_LENGTH = 100_000
_queries.MAX_CACHED_STATEMENT_PARAMS = 1_000

PLANNED_ONCE = ("plan_cache_mode", "force_generic_plan")
# A connection prepares what it sends a second time. The driver would wait for five times, of which each plans a long
# statement anew: the first six answers of a 360 on a new connection, or after a rollback, took five times as long.
PREPARED_AFTER = 1
Column = ColumnElement[Any] | InstrumentedAttribute[Any]
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def to_json(value: Any) -> str:
    """JSON text of a column value; decimals and ids become text."""
    return orjson.dumps(value, default=str).decode()


class EnumText(TypeDecorator[Enum]):
    """A StrEnum stored as its text."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The text of the member; an unknown text is an error."""
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The member."""
        return None if value is None else self.kind(value)


class Base(DeclarativeBase):
    """Base of all mapped classes. Each service makes its own abstract child with its own metadata."""

    __abstract__ = True
    type_annotation_map: ClassVar[Any] = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        date: Date(),
        Decimal: Numeric(18, 4),
        int: BigInteger(),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }


class SharedBase(Base):
    """Tables that every service database has: outbox, due rows, dead letters, ticks, jobs, answers, links."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


NOTHING, NEWER, REPLACE = OnConflict.NOTHING, OnConflict.NEWER, OnConflict.REPLACE


class Database:
    """One service's database as seen by one process: a pool and its transactions."""

    def __init__(self, url: str, *, pool_size: int = 20, statement_timeout_ms: int = 30_000) -> None:
        self.engine: Engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=False,
            pool_timeout=5,
            hide_parameters=True,
            json_serializer=to_json,
            json_deserializer=orjson.loads,
            connect_args={
                "connect_timeout": 5,
                "prepare_threshold": PREPARED_AFTER,
                "options": f"-c statement_timeout={statement_timeout_ms} -c lock_timeout=10000"
                " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
            },
        )
        listen(self.engine, "connect", _send_arrays_in_binary)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        singly = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._singly = sessionmaker(singly, expire_on_commit=False, autoflush=False)
        reading_only = self.engine.execution_options(postgresql_readonly=True)
        self._readers = sessionmaker(reading_only, expire_on_commit=False, autoflush=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._sessions() as session:
            yield session
            session.commit()

    @contextmanager
    def statement(self) -> Iterator[Session]:
        """For one statement that is a transaction by itself: one round trip instead of three."""
        with self._singly() as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that may not write. No connection is taken before the first query.

        Its end is a commit: after a rollback the driver forgets every statement that it had prepared.
        """
        with self._readers() as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def plan_once(session: Session) -> None:
    """Have statements planned once for whatever they are about, until the transaction ends.

    For a long statement about one customer, whose plan is always the same: to make it takes ten times as long as to
    follow it.
    """
    session.execute(text(f"SET LOCAL {PLANNED_ONCE[0]} = {PLANNED_ONCE[1]}"))


def _send_arrays_in_binary(connection: Any, record: Any) -> None:
    """Text arrays are escaped quote by quote, in Python: four times slower for JSON columns."""
    connection.adapters.register_dumper(list, ListBinaryDumper)


def among(column: Column, values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column has one of these values: one array bind, so that the statement is the same for any number."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def put(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    on_conflict: OnConflict = OnConflict.ERROR,
    key: Sequence[str] = (),
    returning: Sequence[str] = (),
) -> Sequence[Row[Any]]:
    """Write many rows in one statement, which takes them as one JSON document.

    All rows have the same fields. `key` is the conflict target, by default the primary key. NEWER keeps of each key
    the row with the highest `version`, in the batch and against the table. Returns the `returning` columns of the rows
    that were written (not of those that lost). JSON knows no NaN and no infinity: such a float is stored as null.
    """
    if not rows:
        return []
    insert = insert_of(table.__table__, tuple(rows[0]), tuple(key), on_conflict, tuple(returning))
    result = session.execute(insert.statement, {"rows": document(rows, insert.processors)})
    return result.all() if returning else []


def put_columns(
    session: Session,
    table: type[Base],
    columns: Mapping[str, Sequence[Any]],
    *,
    on_conflict: OnConflict = OnConflict.ERROR,
    key: Sequence[str] = (),
    returning: Sequence[str] = (),
) -> Sequence[Row[Any]]:
    """`put` for rows that stand by column already, all of one length."""
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return put(session, table, rows, on_conflict=on_conflict, key=key, returning=returning)
