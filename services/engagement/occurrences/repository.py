"""Statements about occurrences and the birthdays they come from."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, delete, exists, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.customers.tables import Customer
from shared.db import NEWER, among, put
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

PAGE = 2_000
SORTS = {"happens_at": (CareOccurrence.happens_at, CareOccurrence.occurrence_id)}


class Born(NamedTuple):
    """A person's birthday: of the canonical record, or of the first linked one that has any."""

    customer_id: UUID
    member_id: UUID
    month: int
    day: int
    time_zone: str
    version: int


def plan(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store planned occurrences; one from a newer fact replaces a planned one, an ended one stays."""
    put(session, CareOccurrence, rows, on_conflict=NEWER, key=["rule_id", "customer_id", "key"])


def born_on(
    session: Session, days: Collection[tuple[int, int]], customer_ids: Collection[UUID] | None = None
) -> Iterator[list[Born]]:
    """People born on these (month, day), page by page, each person once; of these canonical ids only if given."""
    after: UUID | None = None
    while True:
        wanted = _born(customer_ids).where(tuple_(Customer.birthday_month, Customer.birthday_day).in_(list(days)))
        if after is not None:
            wanted = wanted.where(Customer.customer_id > after)
        page = [Born(*row) for row in session.execute(wanted.order_by(Customer.customer_id).limit(PAGE))]
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1].member_id


def _born(customer_ids: Collection[UUID] | None) -> Select[*tuple[Any, ...]]:
    ref, other, others = CustomerRef, aliased(Customer), aliased(CustomerRef)
    before = exists().where(
        others.canonical_id == ref.canonical_id,
        others.customer_id == other.customer_id,
        other.customer_id != Customer.customer_id,
        other.birthday_month.is_not(None),
        ref.customer_id != ref.canonical_id,
        or_(other.customer_id == ref.canonical_id, other.customer_id < Customer.customer_id),
    )
    wanted = (
        select(
            ref.canonical_id,
            Customer.customer_id,
            Customer.birthday_month,
            Customer.birthday_day,
            Customer.time_zone,
            Customer.version,
        )
        .join(ref, ref.customer_id == Customer.customer_id)
        .where(
            Customer.birthday_calendar == "solar",
            Customer.kind == "person",
            Customer.status == "active",
            ref.erased_at.is_(None),
            ~before,
        )
    )
    return wanted if customer_ids is None else wanted.where(among(ref.canonical_id, customer_ids))


def born(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, Born]:
    """The birthdays of these people."""
    return {row[0]: Born(*row) for row in session.execute(_born(canonical_ids))}


def claimed(session: Session, occurrence_ids: Collection[UUID]) -> list[tuple[CareOccurrence, CareRule]]:
    """Claimed occurrences with their rules."""
    wanted = select(CareOccurrence, CareRule).join(CareRule, CareRule.rule_id == CareOccurrence.rule_id)
    rows = session.execute(wanted.where(among(CareOccurrence.occurrence_id, occurrence_ids)))
    return list(rows)


def still_claimed(session: Session, occurrence_ids: Collection[UUID], stamp: datetime) -> dict[UUID, CareOccurrence]:
    """Claimed occurrences under lock, without those that were planned anew or taken since."""
    wanted = select(CareOccurrence).where(
        among(CareOccurrence.occurrence_id, occurrence_ids), CareOccurrence.due_at == stamp
    )
    rows = session.scalars(wanted.order_by(CareOccurrence.occurrence_id).with_for_update())
    return {row.occurrence_id: row for row in rows}


def used_up(session: Session, keys: Collection[tuple[UUID, UUID, str]]) -> set[tuple[UUID, UUID, str]]:
    """Which of these (rule, canonical customer, key) already led to a message under any linked id."""
    found = (
        select(CareOccurrence.rule_id, CustomerRef.canonical_id, CareOccurrence.key)
        .join(CustomerRef, CustomerRef.customer_id == CareOccurrence.customer_id)
        .where(
            CareOccurrence.status == "messaged",
            tuple_(CareOccurrence.rule_id, CustomerRef.canonical_id, CareOccurrence.key).in_(list(keys)),
        )
    )
    return {(rule, canonical, key) for rule, canonical, key in session.execute(found)} if keys else set()


def release(session: Session, occurrence_ids: Collection[UUID]) -> None:
    """Forget occurrences: their occasion is gone, so it may be planned again."""
    session.execute(
        delete(CareOccurrence)
        .where(among(CareOccurrence.occurrence_id, occurrence_ids))
        .execution_options(synchronize_session=False)
    )


def listed(session: Session, rule_id: UUID, page: PageRequest, status: Sequence[str] | None) -> Listing[CareOccurrence]:
    """Occurrences of a rule, the latest first."""
    wanted = select(CareOccurrence).where(CareOccurrence.rule_id == rule_id)
    if status:
        wanted = wanted.where(CareOccurrence.status.in_(status))
    return paginate(session, wanted, page, SORTS, default="-happens_at")


def between(
    session: Session, span: tuple[datetime, datetime], customer_ids: Collection[UUID] | None
) -> Sequence[CareOccurrence]:
    """Occurrences meant for an instant after the first and up to the second of a span."""
    wanted = select(CareOccurrence).where(CareOccurrence.happens_at > span[0], CareOccurrence.happens_at <= span[1])
    if customer_ids is not None:
        wanted = wanted.where(among(CareOccurrence.customer_id, customer_ids))
    return session.scalars(wanted).all()
