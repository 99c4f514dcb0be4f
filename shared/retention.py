"""How long rows of a table are kept: a rule each, edited by the merchant, and the tick that deletes by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from shared.contracts.base import Code
from shared.db import NOTHING, SharedBase, among, put
from shared.errors import NotFound, PreconditionFailed
from shared.jobs import Job
from shared.messaging.dead_letters import DeadLetter
from shared.runtime import Runtime

AT_ONCE = 1_000


class RetentionRule(SharedBase):
    """For how many days rows of a table are kept."""

    __tablename__ = "retention_rule"
    name: Mapped[Code] = mapped_column(primary_key=True)  # of the table
    days: Mapped[int]
    version: Mapped[int]
    updated_at: Mapped[datetime]


@dataclass(frozen=True)
class Term:
    """A table whose rows grow old: from when on they do, for how many days they are kept at first, and which may go.

    `until`: of rows that hold for some time, when that time ended; what held within the days is known still.
    With a row goes what has its key in the columns `also`, so that nothing is left that nobody would lead to.
    """

    since: InstrumentedAttribute[Any]
    days: int
    ended: ColumnElement[bool] | None = None
    until: ColumnElement[datetime] | None = None
    also: tuple[InstrumentedAttribute[Any], ...] = ()

    @property
    def table(self) -> Table:
        """The table."""
        found: Table = self.since.class_.__table__
        return found


SHARED = (Term(DeadLetter.parked_at, 90, DeadLetter.status != "parked"), Term(Job.finished_at, 90))


def by_table(*terms: Term) -> Mapping[str, Term]:
    """Terms by the name of their table, those of every service among them."""
    return {term.table.name: term for term in (*SHARED, *terms)}


def ensure(session: Session, terms: Mapping[str, Term], now: datetime) -> None:
    """Begin with the usual days; a rule that is there stays."""
    rows = [{"name": name, "days": term.days, "version": 1, "updated_at": now} for name, term in terms.items()]
    put(session, RetentionRule, rows, on_conflict=NOTHING)


def rules(session: Session) -> list[RetentionRule]:
    """All rules, by the name of their table."""
    return list(session.scalars(select(RetentionRule).order_by(RetentionRule.name)))


def rule(session: Session, name: str, *, lock: bool = False) -> RetentionRule:
    """The rule of a table; raises NotFound."""
    found = session.get(RetentionRule, name, with_for_update=lock or None)
    if found is None:
        raise NotFound(f"There is no retention rule for {name}.")
    return found


def edit(session: Session, name: str, days: int, version: int, now: datetime) -> RetentionRule:
    """Keep rows of a table for so many days. Raises NotFound, and PreconditionFailed when the rule has moved on."""
    found = rule(session, name, lock=True)
    if found.version != version:
        raise PreconditionFailed(f"The rule is at version {found.version} now; read it again.")
    if found.days != days:
        found.days, found.version, found.updated_at = days, version + 1, now
        session.flush()
    return found


def sweeping(terms: Mapping[str, Term]) -> Callable[[Runtime], int]:
    """The tick that deletes what is older than its rule says: of each table at most a thousand rows a round."""

    def sweep(runtime: Runtime) -> int:
        with runtime.database.reading() as session:
            days = {rule.name: rule.days for rule in rules(session) if rule.name in terms}
        return max((_delete_old(runtime, terms[name], kept) for name, kept in days.items()), default=0)

    return sweep


def _delete_old(runtime: Runtime, term: Term, days: int) -> int:
    key, before = tuple_(*term.table.primary_key), runtime.now() - timedelta(days=days)
    old = select(*term.table.primary_key).where(
        term.since < before,
        true() if term.ended is None else term.ended,
        true() if term.until is None else term.until < before,
    )
    chosen = old.limit(AT_ONCE).with_for_update(skip_locked=True)
    statement = delete(term.table).where(key.in_(chosen)).returning(*term.table.primary_key)
    with runtime.database.transaction() as session:
        gone = session.execute(statement).all()
        for column in term.also:
            session.execute(delete(column.class_.__table__).where(among(column, [row[0] for row in gone])))
        return len(gone)
