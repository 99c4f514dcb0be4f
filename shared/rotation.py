"""`rotate-keys`: every value under an older key is encrypted again under the newest, while the service runs."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, Table, and_, bindparam, select, tuple_, type_coerce, update
from sqlalchemy.orm import Session

from shared import crypto
from shared.db import Database

BATCH = 500


def secret_columns(*metadata: MetaData) -> Iterator[tuple[Table, Column[Any]]]:
    """Every `Secret` column of these tables."""
    for each in metadata:
        for table in each.sorted_tables:
            yield from ((table, column) for column in table.columns if isinstance(column.type, crypto.Secret))


def rotate(database: Database, *metadata: MetaData, report: Callable[[str, int], None]) -> int:
    """Encrypt older values again, 500 rows a transaction; how many changed. Safe to stop and to repeat."""
    total = 0
    for table, column in secret_columns(*metadata):
        changed = sum(_pages(database, table, column))
        report(f"{table.name}.{column.name}", changed)
        total += changed
    return total


def _pages(database: Database, table: Table, column: Column[Any]) -> Iterator[int]:
    after: tuple[Any, ...] | None = None
    while True:
        with database.transaction() as session:
            rows = _page(session, table, column, after)
            yield _encrypt_again(session, table, column, rows)
        if len(rows) < BATCH:
            return
        after = rows[-1][:-1]


def _page(session: Session, table: Table, column: Column[Any], after: tuple[Any, ...] | None) -> list[tuple[Any, ...]]:
    keys = list(table.primary_key)
    statement = select(*keys, type_coerce(column, LargeBinary)).where(column.is_not(None)).order_by(*keys).limit(BATCH)
    if after is not None:
        last = [bindparam(None, value, type_=key.type) for key, value in zip(keys, after, strict=True)]
        statement = statement.where(tuple_(*keys) > tuple_(*last))
    return [tuple(row) for row in session.execute(statement)]


def _encrypt_again(session: Session, table: Table, column: Column[Any], rows: list[tuple[Any, ...]]) -> int:
    """Only where the value is still the one that was read: a row changed meanwhile is under the newest key already."""
    ring, bound_to = crypto.ring(), f"{table.name}|{column.name}"
    values = [
        {"old": bytes(row[-1]), "new": ring.encrypt(ring.decrypt(bytes(row[-1]), bound_to), bound_to)}
        | {f"k{at}": part for at, part in enumerate(row[:-1])}
        for row in rows
        if not ring.is_current(bytes(row[-1]))
    ]
    keys = [key == bindparam(f"k{at}") for at, key in enumerate(table.primary_key)]
    unchanged = type_coerce(column, LargeBinary) == bindparam("old", type_=LargeBinary)
    again = {column.name: bindparam("new", type_=LargeBinary)}  # as it is, whatever the column makes of its values
    statement = update(table).where(and_(*keys, unchanged)).values(again)
    if values:
        session.connection().execute(statement, values)
    return len(values)
