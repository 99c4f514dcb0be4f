"""Statements about people with dated occasions. A person is one row: the canonical record, or, for birthdays, the
first linked one that has any."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Select,
    and_,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from services.engagement.audiences.rules import meant
from services.engagement.customers.tables import Customer
from services.engagement.occasions.rules import Birth
from services.engagement.tasks.tables import Task
from shared.db import among
from shared.linking import CustomerRef

PAGE = 2_000
COLUMNS: tuple[Any, ...] = (
    *(CustomerRef.canonical_id, Customer.customer_id, Customer.time_zone, Customer.version, Customer.registered_at),
    *(Customer.birthday_calendar, Customer.birthday_month, Customer.birthday_day, Customer.birthday_leap),
    Customer.renewal_at,
)


class Person(NamedTuple):
    """What occasions are made from."""

    customer_id: UUID
    member_id: UUID
    time_zone: str
    version: int
    registered_at: datetime
    calendar: str | None
    month: int | None
    day: int | None
    leap: bool | None
    renewal_at: date | None

    @property
    def birth(self) -> Birth | None:
        """The birthday, if it is known."""
        if not (self.calendar and self.month and self.day):
            return None
        return Birth(self.calendar, self.month, self.day, bool(self.leap))


def born_on(births: Collection[Birth]) -> Select[Any]:
    """People with one of these birthdays."""
    leap = func.coalesce(Customer.birthday_leap, False)
    same = tuple_(Customer.birthday_calendar, Customer.birthday_month, Customer.birthday_day, leap)
    by_index = tuple_(Customer.birthday_month, Customer.birthday_day)
    return born().where(by_index.in_({(one.month, one.day) for one in births}), same.in_(list(births)))


def registered_in(spans: Sequence[tuple[datetime, datetime]]) -> Select[Any]:
    """People who registered in one of these spans, which do not overlap."""
    registered = Customer.registered_at
    return everybody().where(or_(*(and_(registered >= first, registered < until) for first, until in spans)))


def renewed_on(days: Sequence[date]) -> Select[Any]:
    """Organisations whose contract is renewed on one of these days."""
    return contracted().where(Customer.renewal_at.in_(days))


def contracted() -> Select[Any]:
    """Every organisation whose contract has a day of renewal, by canonical record."""
    return _canonical("organisation").where(Customer.renewal_at.is_not(None))


def everybody() -> Select[Any]:
    """Every person there is, by canonical record."""
    return _canonical("person")


def visited() -> Select[Any]:
    """Every person, with when somebody was last in touch with them in place of when they registered, if ever."""
    last = (
        select(CustomerRef.canonical_id, func.max(Task.ended_at).label("at"))
        .join(Task, Task.customer_id == CustomerRef.customer_id)
        .where(Task.status == "done")
        .group_by(CustomerRef.canonical_id)
        .subquery("last")
    )
    since = func.coalesce(last.c.at, Customer.registered_at).label("registered_at")
    columns = [since if column is Customer.registered_at else column for column in COLUMNS]
    people = everybody().outerjoin(last, last.c.canonical_id == CustomerRef.canonical_id)
    return people.with_only_columns(*columns, maintain_column_froms=True)


def born() -> Select[Any]:
    """Every person whose birthday is known."""
    ref, other, others = CustomerRef, aliased(Customer), aliased(CustomerRef)
    before = exists().where(
        others.canonical_id == ref.canonical_id,
        others.customer_id == other.customer_id,
        other.customer_id != Customer.customer_id,
        other.birthday_month.is_not(None),
        ref.customer_id != ref.canonical_id,
        or_(other.customer_id == ref.canonical_id, other.customer_id < Customer.customer_id),
    )
    return _living("person").where(Customer.birthday_month.is_not(None), ~before)


def _canonical(kind: str) -> Select[Any]:
    # Not `=`: of that the planner makes a condition on the links, which it takes to hold for one in two hundred.
    return _living(kind).where(CustomerRef.canonical_id.is_not_distinct_from(Customer.customer_id))


def _living(kind: str) -> Select[Any]:
    return (
        select(*COLUMNS)
        .join(CustomerRef, CustomerRef.customer_id == Customer.customer_id)
        .where(Customer.kind == kind, Customer.status == "active", CustomerRef.erased_at.is_(None))
    )


def pages(
    session: Session, wanted: Select[Any], audience: Mapping[str, Any], people: Collection[UUID] | None = None
) -> Iterator[list[Person]]:
    """People page by page, each once, as one statement finds them; of these canonical ids only if they are given."""
    wanted = wanted.where(meant(audience, CustomerRef.canonical_id))
    if people is not None:
        wanted = wanted.where(among(CustomerRef.canonical_id, people))
    with session.execute(wanted, execution_options={"yield_per": PAGE}) as found:
        for page in found.partitions():
            yield [Person(*row) for row in page]


def known(session: Session, wanted: Select[Any], canonical_ids: Collection[UUID]) -> dict[UUID, Person]:
    """These people."""
    rows = session.execute(wanted.where(among(CustomerRef.canonical_id, canonical_ids)))
    return {row[0]: Person(*row) for row in rows}


def alike(session: Session, wanted: Select[Any], audience: Mapping[str, Any], kind: str) -> Iterator[Any]:
    """People of an audience grouped by what counts for a kind of occasion: zone, registration or last visit (in
    quarters of an hour, as no zone divides them), birthday, renewal; and how many."""
    nothing = [literal("UTC").label("time_zone"), literal(datetime(1970, 1, 1, tzinfo=UTC)).label("registered_at")]
    since = wanted.selected_columns["registered_at"]
    quarter = func.date_bin(text("interval '15 minutes'"), since, text("timestamptz '1970-01-01Z'"))
    registered = [Customer.time_zone, quarter.label("registered_at")]
    birth = [Customer.birthday_calendar, Customer.birthday_month, Customer.birthday_day, Customer.birthday_leap]
    by: list[Any] = registered if kind in ("anniversary", "follow_up") else nothing
    by = [*by, *(birth if kind == "birthday" else [null().label(f"birth_{number}") for number in range(4)])]
    by = [*by, Customer.renewal_at if kind == "renewal" else null().label("renewal_at")]
    grouped = wanted.where(meant(audience, CustomerRef.canonical_id)).with_only_columns(
        *by, func.count().label("people"), maintain_column_froms=True
    )
    real = [one for one in by if isinstance(one, InstrumentedAttribute) or one is registered[1]]
    yield from session.execute(grouped.group_by(*real) if real else grouped)
