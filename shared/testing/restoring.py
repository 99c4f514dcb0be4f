"""What a fresh database looks like, and bringing a used one back to it: cheaper than to copy the template again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

TABLES = (
    "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
)
# A row that was written since has a younger transaction; so has a table that was made, changed or emptied.
CONTENT = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM {0}"
SHAPE = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM {catalog}"
    for catalog in ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc", "pg_type")
)
SEQUENCES = (
    "SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value IS NOT NULL"
    " FROM pg_sequences"
)
MOST_ROWS = 5_000  # rows that were deleted slow down whoever reads the table next

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Fresh:
    """The state that tests begin with: shape of the schema, content of each table, positions of sequences."""

    shape: Sequence[Row]
    question: str
    counts: dict[str, Row]
    seeds: dict[str, bytes]
    sequences: Sequence[Row]

    @classmethod
    def of(cls, connection: Connection[Row]) -> "Fresh":
        """Read it from a database that nobody has used."""
        names = [name for (name,) in connection.execute(TABLES)]
        question = " UNION ALL ".join(CONTENT.format(name) for name in names)
        counts = _counts(connection, question)
        seeds = {name: _copied(connection, name) for name, (count, _) in counts.items() if count}
        return cls(_rows(connection, SHAPE), question, counts, seeds, _rows(connection, SEQUENCES))

    def restore(self, connection: Connection[Row]) -> bool:
        """Make a used database fresh again; False when it is changed too much for that."""
        if _rows(connection, SHAPE) != self.shape:
            return False
        present = _counts(connection, self.question)
        used = [name for name, state in present.items() if state != self.counts[name]]
        if sum(present[name][0] for name in used) > MOST_ROWS:
            return False
        connection.execute("SET session_replication_role = replica")  # no trigger minds, whatever the order
        for name in used:
            connection.execute(_on(name, "DELETE FROM {}"))
            if name in self.seeds:
                _put_back(connection, name, self.seeds[name])
        for name, position, is_called in self.sequences:
            connection.execute("SELECT setval(%s::regclass, %s, %s)", (name, position, is_called))
        return True


def _rows(connection: Connection[Row], question: str) -> Sequence[Row]:
    return connection.execute(question.encode()).fetchall()


def _counts(connection: Connection[Row], question: str) -> dict[str, Row]:
    return {name: (count, youngest) for name, count, youngest in _rows(connection, question)}


def _on(name: str, statement: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.SQL(name))


def _copied(connection: Connection[Row], name: str) -> bytes:
    with connection.cursor().copy(_on(name, "COPY {} TO STDOUT")) as rows:
        return b"".join(bytes(part) for part in rows)


def _put_back(connection: Connection[Row], name: str, content: bytes) -> None:
    with connection.cursor().copy(_on(name, "COPY {} FROM STDIN")) as rows:
        rows.write(content)
