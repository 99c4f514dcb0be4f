"""What the tables of a service hold of customers, and what becomes of it when somebody is erased.

Each service declares its tables in `holdings.py`; erasure and access export work from that list, and a test compares
it with the tables there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Select, String, Table, cast, delete, func, select, update
from sqlalchemy.orm import Session

from shared.crypto import Secret
from shared.db import Base, Column, among
from shared.due import CustomerDue
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.outbox import OutboxRow
from shared.ownership import CustomerOwner

Counts = dict[str, int]


class Fate(StrEnum):
    """What erasure does to the rows."""

    DELETED = "deleted"
    BLANKED = "blanked"
    KEPT = "kept"


@dataclass(frozen=True)
class Holding:
    """One table, the column (or expression) that says whose a row is, and the fate of the rows.

    `blank` are the values that take the place of what was known; `why` says for what kept rows are still needed.
    """

    table: Table
    owner: Column
    fate: Fate
    blank: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""

    @property
    def name(self) -> str:
        """The name of the table."""
        return str(self.table.name)


def deleted(table: type[Base], owner: Column) -> Holding:
    """Rows that go with the customer."""
    return Holding(_table(table), owner, Fate.DELETED)


def blanked(table: type[Base], owner: Column, *, keeping: Collection[str], why: str, **values: Any) -> Holding:
    """Rows of which nothing stays but their key and the columns named in `keeping`.

    A column that cannot be null needs a value to take its place: raises TypeError for one that has none.
    """
    found = _table(table)
    left = [one for one in found.columns if not one.primary_key and one.name not in {*keeping, *values}]
    if unsaid := [one.name for one in left if not one.nullable]:
        raise TypeError(f"{found.name}: keep or give a value for {', '.join(unsaid)}")
    return Holding(found, owner, Fate.BLANKED, dict.fromkeys((one.name for one in left), None) | values, why)


def kept(table: type[Base], owner: Column, *, why: str) -> Holding:
    """Rows without anything by which the customer could be recognised."""
    return Holding(_table(table), owner, Fate.KEPT, why=why)


def _table(table: Any) -> Table:
    found: Table = table.__table__
    return found


# What every service has. An event on its way is found by its key, the customer's id as text.
SHARED = (
    deleted(CustomerDue, CustomerDue.customer_id),
    deleted(CustomerOwner, CustomerOwner.customer_id),
    deleted(DeadLetter, DeadLetter.customer_id),
    deleted(OutboxRow, OutboxRow.key),
)


def erase(session: Session, holdings: Sequence[Holding], customer_ids: Collection[UUID]) -> dict[UUID, Counts]:
    """Delete and blank what the tables hold of these customers: how many rows, by customer and table."""
    counts: dict[UUID, Counts] = {one: defaultdict(int) for one in customer_ids}
    for holding in [*SHARED, *holdings]:
        if holding.fate is not Fate.KEPT:
            for owner, rows in session.execute(_erasing(holding, customer_ids)):
                counts[UUID(str(owner))][holding.name] += rows
    return {one: dict(sorted(tables.items())) for one, tables in counts.items()}


def _erasing(holding: Holding, customer_ids: Collection[UUID]) -> Select[Any]:
    change: Any = delete(holding.table)
    if holding.fate is Fate.BLANKED:
        change = update(holding.table).values(dict(holding.blank))
    gone = change.where(_is_of(holding, customer_ids)).returning(holding.owner.label("owner")).cte("gone")
    return select(gone.c.owner, func.count()).group_by(gone.c.owner)


def held(session: Session, holdings: Sequence[Holding], customer_ids: Collection[UUID]) -> Iterator[tuple[str, Any]]:
    """Everything the tables hold of these customers, secrets opened: (table, row) one by one."""
    for holding in [*SHARED, *holdings]:
        statement = (
            select(*readable(holding.table)).where(_is_of(holding, customer_ids)).execution_options(yield_per=500)
        )
        for row in session.execute(statement).mappings():
            yield holding.name, dict(row)


def _is_of(holding: Holding, customer_ids: Collection[UUID]) -> ColumnElement[bool]:
    if isinstance(holding.owner.type, String):
        return among(cast(holding.owner, String), [str(one) for one in customer_ids])
    return among(holding.owner, customer_ids)


def readable(table: Table) -> list[Any]:
    """The columns that tell a reader something: hashes and keyed indexes do not."""
    return [one for one in table.columns if isinstance(one.type, Secret) or not isinstance(one.type, LargeBinary)]
