"""The shuffled-and-doubled harness: a service's handlers must end the same whatever the order and repetition.

All examples of all types that a service takes are applied in order once, and then doubled, shuffled and cut into
batches as hypothesis likes; each time every table must end equal, but for a short list that the caller declares.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.orm import Session

from shared.db import Database
from shared.messaging.dispatch import Item, run
from shared.messaging.handlers import Handlers
from shared.testing.databases import rolled_back
from shared.testing.examples import UUID_TEXT, example_items, known_ids

WHOLE: frozenset[str] = frozenset({"*"})
ALWAYS: Mapping[str, Collection[str]] = {"outbox": WHOLE, "*": {"recorded_at"}}
GENERATED = "generated"

Step = Callable[[Session, datetime], None]
Snapshot = dict[str, list[str]]


@dataclass(frozen=True)
class Subject:
    """A service under the harness.

    `prepare` sets the scene; `settle` brings derived rows up to date, like its ticks do. `ignoring` names per table the
    columns that may differ (own version, generated ids, change logs), `WHOLE` for all of it, table `*` for every table.
    `items` are the examples to use, by default all of the service's types.
    `only` names per table the rows that count, in SQL: derived rows of an absorbed customer are kept as they were.
    """

    handlers: Handlers
    metadata: Sequence[MetaData]
    prepare: Step = lambda session, now: None
    settle: Step = lambda session, now: None
    ignoring: Mapping[str, Collection[str]] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    items: Sequence[Item] = ()


def converges(database: Database, subject: Subject, now: datetime, *, examples: int = 6) -> None:
    """Fail unless every order and repetition of the examples leaves the same rows as the plain order once."""
    items = list(subject.items) or example_items(subject.handlers)
    known = known_ids(items)
    expected = _applied(database, subject, [items], now, known)
    assert any(expected.values()), "the examples left no row at all"

    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.permutations(range(2 * len(items))), st.lists(st.integers(1, 40), min_size=1, max_size=7))
    def shuffled_and_doubled(order: Sequence[int], sizes: Sequence[int]) -> None:
        batches = _batches([items[at % len(items)] for at in order], sizes)
        found = _applied(database, subject, batches, now, known)
        assert not (told := differences(expected, found)), told

    shuffled_and_doubled()


def differences(expected: Snapshot, found: Snapshot) -> str:
    """What rows are missing and what rows are too many, table by table; empty when there is no difference."""
    told = []
    for table, rows in expected.items():
        missing, extra = _without(rows, found[table]), _without(found[table], rows)
        if missing or extra:
            told.append("\n".join([f"{table}:", *[f"  - {row}" for row in missing], *[f"  + {row}" for row in extra]]))
    return "\n".join(told)


def _applied(
    database: Database, subject: Subject, batches: Sequence[Sequence[Item]], now: datetime, known: set[UUID]
) -> Snapshot:
    with rolled_back(database) as session:
        subject.prepare(session, now)
        for batch in batches:
            run(session, subject.handlers, batch, now)
            subject.settle(session, now)
        return snapshot(session, subject, known)


def snapshot(session: Session, subject: Subject, known: set[UUID]) -> Snapshot:
    """All rows of all tables as sorted text; ids that stand in no example count as equal."""
    found: Snapshot = {}
    for table in (table for metadata in subject.metadata for table in metadata.sorted_tables):
        ignored = {*ALWAYS.get(table.name, ()), *subject.ignoring.get(table.name, ())}
        if not WHOLE.issubset(ignored):
            ignored |= {*ALWAYS["*"], *subject.ignoring.get("*", ())}
            found[table.name] = _rows(session, table, ignored, subject.only.get(table.name, "true"), known)
    return found


def _rows(session: Session, table: Table, ignored: set[str], only: str, known: set[UUID]) -> list[str]:
    columns = [column for column in table.columns if column.name not in ignored]
    rows: Sequence[Mapping[Any, Any]] = session.execute(select(*columns).where(text(only))).mappings().all()
    return sorted(_text(dict(row), known) for row in rows)


def _text(row: dict[str, Any], known: set[UUID]) -> str:
    plain = orjson.dumps(row, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
    return UUID_TEXT.sub(lambda found: _named(UUID(found.group()), known), plain)


def _named(identifier: UUID, known: set[UUID]) -> str:
    return str(identifier) if identifier in known else GENERATED


def _batches(order: Sequence[Item], sizes: Sequence[int]) -> list[list[Item]]:
    return list(_cut(iter(order), sizes))


def _cut(items: Iterator[Item], sizes: Sequence[int]) -> Iterator[list[Item]]:
    while True:
        for size in sizes:
            if not (batch := list(islice(items, size))):
                return
            yield batch


def _without(rows: Sequence[str], others: Sequence[str]) -> list[str]:
    left = list(others)
    missing = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            missing.append(row)
    return missing
