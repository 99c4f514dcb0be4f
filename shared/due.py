"""The due queue: what must be looked at again is a row with a time.

Claiming moves the time into the future (the lease) and commits; settling writes the next time only where the lease
still stands. A mark that arrives in between moves the time to now, so the settle misses and the row stays due: nothing
that happened during the work is overlooked.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    Column,
    ColumnElement,
    CursorResult,
    Executable,
    Integer,
    Table,
    any_,
    bindparam,
    column,
    delete,
    func,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from shared.db import SharedBase, among
from shared.messaging.dispatch import is_operational
from shared.runtime import Runtime
from shared.telemetry import log

LEASE = timedelta(seconds=60)
AFTER_FAULT = timedelta(hours=1)
READY = true()
UNHURRIED = func.set_config("synchronous_commit", "off", True)
Key = TypeVar("Key")


class CustomerDue(SharedBase):
    """When a customer's derived rows must be rebuilt next; null = never by itself."""

    __tablename__ = "customer_due"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)


MARK = (
    "INSERT INTO customer_due AS d (customer_id, next_at) "
    "SELECT c, :due_at FROM unnest(CAST(:due AS uuid[])) AS c ORDER BY c "
    "ON CONFLICT (customer_id) DO UPDATE SET next_at = excluded.next_at "
    "WHERE d.next_at IS NULL OR d.next_at > excluded.next_at"
)


def binds(customer_ids: Collection[UUID], at: datetime) -> dict[str, Any]:
    """What `MARK` asks for."""
    return {"due": list(set(customer_ids)), "due_at": at}


def mark(session: Session, customer_ids: Collection[UUID], at: datetime) -> None:
    """Make customers due at `at`, or leave them due earlier."""
    if customer_ids:
        session.execute(text(MARK), binds(customer_ids, at))


def forget(session: Session, customer_ids: Collection[UUID]) -> None:
    """Look at these customers no more. Rows are locked in the order in which others mark them."""
    theirs = select(CustomerDue.customer_id).where(among(CustomerDue.customer_id, customer_ids))
    session.execute(theirs.order_by(CustomerDue.customer_id).with_for_update())
    session.execute(delete(CustomerDue).where(among(CustomerDue.customer_id, customer_ids)))


def claim(
    session: Session,
    due_at: InstrumentedAttribute[Any],
    now: datetime,
    *,
    limit: int = 500,
    lease: timedelta = LEASE,
    ready: ColumnElement[bool] = READY,
) -> tuple[list[Any], datetime]:
    """Take up to `limit` due rows of the table that owns `due_at`: their primary keys, and the stamp to settle with.

    None unless `ready`, which is one expression for ever. Commit at once. Two workers never get the same row; a worker
    that dies leaves its rows to be claimed after `lease`.
    """
    stamp = now + lease
    taken = session.execute(_claiming(due_at, ready), {"now": now, "stamp": stamp, "most": limit})
    return list(taken.scalars().all()), stamp


def settle(
    session: Session,
    due_at: InstrumentedAttribute[Any],
    stamp: datetime,
    next_at: Mapping[Any, datetime | None],
    *,
    beside: CTE | None = None,
    binds: Mapping[str, Any] | None = None,
    lasting: bool = True,
) -> int:
    """Set the next time of claimed rows, except where they were marked again since; how many were set.

    What is `beside` is written by the same statement. Nobody waits for the disk where the work need not be `lasting`:
    what is lost with the machine is done again, for the rows are due as before.
    """
    if not next_at:
        return 0
    given = {**(binds or {}), "keys": list(next_at), "times": list(next_at.values()), "stamp": stamp}
    settling = _settling(due_at, beside, lasting)
    result: CursorResult[Any] = session.execute(settling, given)  # type: ignore[assignment]
    return result.rowcount


# Built once: a tick looks ten times a second, and to build a statement takes longer than to find nothing with it.
@lru_cache
def _claiming(due_at: InstrumentedAttribute[Any], ready: ColumnElement[bool]) -> Executable:
    table, key, at = _columns(due_at)
    taken = (
        select(key)
        .where(at <= bindparam("now", type_=at.type), ready)
        .order_by(at)
        .limit(bindparam("most", type_=Integer))
    )
    # Named, so that it is read once: a subquery may be read anew for each row, and would take more than `most`.
    free = taken.with_for_update(skip_locked=True).cte("free")
    stamped = update(table).where(key == free.c[key.name]).values({at: bindparam("stamp", type_=at.type)})
    # Nobody waits for the disk: a claim that is lost with the machine was none, and its rows are due as before.
    return stamped.returning(key, UNHURRIED)


@lru_cache
def _settling(due_at: InstrumentedAttribute[Any], beside: CTE | None, lasting: bool) -> Executable:
    table, key, at = _columns(due_at)
    arrays = bindparam("keys", type_=ARRAY(key.type)), bindparam("times", type_=ARRAY(at.type))
    columns = column("key", key.type), column("at", at.type)
    given = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    # A row that is locked is being marked this moment: it will be due, and waiting for it could close a circle.
    claimed = select(key).where(key == any_(arrays[0]), at == bindparam("stamp", type_=at.type))
    free = claimed.with_for_update(skip_locked=True).cte("free")
    settled = update(table).where(key == free.c[key.name], key == given.c.key).values({at: given.c.at})
    settled = settled if beside is None else settled.add_cte(beside)
    return settled if lasting else settled.returning(key, UNHURRIED)


def _columns(due_at: InstrumentedAttribute[Any]) -> tuple[Table, Column[Any], Column[Any]]:
    table = due_at.class_.__table__
    return table, next(iter(table.primary_key)), table.c[due_at.key]


def work_off(
    runtime: Runtime,
    due_at: InstrumentedAttribute[Any],
    work: Callable[[Runtime, Sequence[Any], datetime, datetime], None],
    *,
    limit: int = 500,
    ready: ColumnElement[bool] = READY,
) -> int:
    """Claim due rows and work on them, given keys, the stamp to settle with and the time; how many there were.

    Who cannot be worked on is tried again in an hour and keeps nobody else waiting. Nobody is claimed unless `ready`.
    """
    now = runtime.now()
    with runtime.database.statement() as session:
        claimed, stamp = claim(session, due_at, now, limit=limit, ready=ready)
    failed = singled_out(claimed, lambda keys: work(runtime, keys, stamp, now)) if claimed else []
    if failed:
        with runtime.database.transaction() as session:
            settle(session, due_at, stamp, dict.fromkeys(failed, now + AFTER_FAULT))
    return len(claimed)


def singled_out(keys: Sequence[Key], work: Callable[[Sequence[Key]], None]) -> list[Key]:
    """Work on keys, a transaction each time; the ones that raise alone, which the log tells of.

    One that cannot be worked on must not keep the others waiting, so a batch that raises is tried again by halves.
    A database that is away concerns all: that is raised.
    """
    try:
        work(keys)
    except Exception as error:
        if is_operational(error):
            raise
        if len(keys) == 1:
            log.exception("due row failed", key=str(keys[0]))
            return list(keys)
        middle = len(keys) // 2
        return singled_out(keys[:middle], work) + singled_out(keys[middle:], work)
    return []
