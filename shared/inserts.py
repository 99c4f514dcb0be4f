"""How `put` writes: one INSERT for any number of rows, which PostgreSQL reads from one JSON document.

To bind an array for each column costs the driver, in Python, several times what it costs to write the document.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Executable, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]

Processors = Mapping[str, Callable[[Any], Any]]


class OnConflict(StrEnum):
    """What `put` does with a row whose key is there already."""

    NOTHING = "nothing"  # a moment: the first one stays
    NEWER = "newer"  # a state: the higher version stays
    REPLACE = "replace"  # the last writer stays
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Insert:
    """A statement, and what becomes of the values of some columns first, such as of a secret."""

    statement: Executable
    processors: Processors


@lru_cache(maxsize=1024)
def insert_of(
    target: Any, fields: tuple[str, ...], key: tuple[str, ...], on_conflict: OnConflict, returning: tuple[str, ...]
) -> Insert:
    """The INSERT of these fields into a table; its only parameter is `rows`."""
    columns = [(f'"{name}"', target.c[name].type) for name in fields]
    names = [name for name, _ in columns]
    keys = [f'"{name}"' for name in key or [column.name for column in target.primary_key]]
    sql = (
        f'INSERT INTO "{target.name}" AS t ({", ".join(names)}) '
        f"SELECT {_one_per_key(keys, on_conflict)}{', '.join(f'v.{name}' for name in names)} "
        f"FROM ROWS FROM (json_to_recordset(CAST(:rows AS json)) "
        f"AS ({', '.join(f'{name} {kind.compile(DIALECT)}' for name, kind in columns)})) "
        f"WITH ORDINALITY AS v ({', '.join(names)}, ordinal)"
        f"{_order(keys, on_conflict)}{_conflict(names, keys, on_conflict)}"
    )
    processors = {name: process for name in fields if (process := _processor(target.c[name].type))}
    if not returning:
        return Insert(text(sql), processors)
    written = ", ".join(f't."{name}"' for name in returning)
    return Insert(text(f"{sql} RETURNING {written}").columns(*[target.c[name] for name in returning]), processors)


def document(rows: Sequence[Mapping[str, Any]], processors: Processors) -> str:
    """What the statement takes for `rows`."""
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError("all rows of one statement have the same fields")
    if processors:
        rows = [{**row, **{name: process(row[name]) for name, process in processors.items()}} for row in rows]
    return orjson.dumps(rows, default=_as_text, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _as_text(value: Any) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _processor(kind: Any) -> Callable[[Any], Any] | None:
    """Only our own types have one; a JSON column takes its part of the document as it is."""
    return None if isinstance(kind, JSONB) else kind.dialect_impl(DIALECT).bind_processor(DIALECT)


def _one_per_key(keys: Sequence[str], on_conflict: OnConflict) -> str:
    """Two rows of one key in one upsert would be an error of PostgreSQL."""
    if on_conflict in (OnConflict.ERROR, OnConflict.NOTHING):
        return ""
    return f"DISTINCT ON ({', '.join(f'v.{name}' for name in keys)}) "


def _order(keys: Sequence[str], on_conflict: OnConflict) -> str:
    """Rows are locked in key order, so two batches never wait for each other in a circle."""
    if on_conflict is OnConflict.ERROR:
        return ""
    last = {OnConflict.NEWER: 'v."version" DESC, v.ordinal', OnConflict.REPLACE: "v.ordinal DESC"}
    return f" ORDER BY {', '.join(f'v.{name}' for name in keys)}, {last.get(on_conflict, 'v.ordinal')}"


def _conflict(names: Sequence[str], keys: Sequence[str], on_conflict: OnConflict) -> str:
    if on_conflict is OnConflict.ERROR:
        return ""
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    if on_conflict is OnConflict.NOTHING or not changes:
        return f" ON CONFLICT ({', '.join(keys)}) DO NOTHING"
    guard = ' WHERE excluded."version" > t."version"' if on_conflict is OnConflict.NEWER else ""
    return f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}{guard}"
