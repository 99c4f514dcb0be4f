"""Which ids are one person: the star of linked customer ids that every service keeps (`customer_ref`).

Facts keep the id they were written with; only this table says whose they are now. `profile` decides the links, the
other services apply `customer.linked` to their own copy.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, func, select, union, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.db import NEWER, NOTHING, SharedBase, among, put
from shared.errors import Gone


class CustomerRef(SharedBase):
    """One known customer id and the id it counts as."""

    __tablename__ = "customer_ref"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    canonical_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    erased_at: Mapped[datetime | None]


ABSORBED = (
    "SELECT customer_id, canonical_id FROM customer_ref WHERE customer_id <> canonical_id "
    "AND (customer_id = ANY(CAST(:ids AS uuid[])) OR canonical_id = ANY(CAST(:ids AS uuid[])))"
)


def ensure(session: Session, customer_ids: Iterable[UUID]) -> None:
    """A stub for every id not heard of yet: any fact may be the first about its customer."""
    rows = [{"customer_id": c, "canonical_id": c, "version": 0, "erased_at": None} for c in sorted(set(customer_ids))]
    put(session, CustomerRef, rows, on_conflict=NOTHING)


def point(session: Session, links: Iterable[tuple[UUID, UUID, int]]) -> set[UUID]:
    """Apply (customer id, canonical id, link version); the old and new canonical ids of every link that moved."""
    wanted = list(links)
    before = canonical(session, {customer for customer, _, _ in wanted})
    rows = [{"customer_id": c, "canonical_id": to, "version": version} for c, to, version in wanted]
    moved = put(session, CustomerRef, rows, on_conflict=NEWER, returning=["customer_id", "canonical_id"])
    return {row.canonical_id for row in moved} | {before[row.customer_id] for row in moved}


def canonical(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The canonical id of each id; an unknown id stands for itself. Few ids are absorbed, and only they are read."""
    absorbed = among(CustomerRef.customer_id, customer_ids) & (CustomerRef.customer_id != CustomerRef.canonical_id)
    statement = select(CustomerRef.customer_id, CustomerRef.canonical_id).where(absorbed)
    known: Mapping[UUID, UUID] = dict(session.execute(statement).all())
    return {customer: known.get(customer, customer) for customer in customer_ids}


def members(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """All ids that count as each canonical id, itself included."""
    statement = select(CustomerRef.canonical_id, CustomerRef.customer_id).where(
        among(CustomerRef.canonical_id, canonical_ids)
    )
    found: dict[UUID, list[UUID]] = {c: [] for c in canonical_ids}
    for to, customer in session.execute(statement.order_by(CustomerRef.customer_id)):
        found[to].append(customer)
    return {to: ids or [to] for to, ids in found.items()}


def counts_as(asked: ColumnElement[UUID]) -> ColumnElement[UUID]:
    """The canonical id of one id, as a part of a statement; an unknown id stands for itself."""
    named = select(CustomerRef.canonical_id).where(CustomerRef.customer_id == asked).scalar_subquery()
    return func.coalesce(named, asked)


def person_of(asked: ColumnElement[UUID]) -> CompoundSelect[UUID]:
    """All ids of the person behind one id, as a part of a statement: its column is `member_id`."""
    whom = counts_as(asked)
    return union(
        select(whom.label("member_id")), select(CustomerRef.customer_id).where(CustomerRef.canonical_id == whom)
    )


def erase(session: Session, customer_ids: Collection[UUID], at: datetime) -> None:
    """Note that these ids are nobody's any more: events about them are dropped from now on. The first time stays."""
    ensure(session, customer_ids)
    gone = among(CustomerRef.customer_id, customer_ids) & CustomerRef.erased_at.is_(None)
    session.execute(update(CustomerRef).where(gone).values(erased_at=at).execution_options(synchronize_session=False))


def erased(session: Session, customer_ids: Collection[UUID]) -> set[UUID]:
    """Which of these ids were erased."""
    gone = select(CustomerRef.customer_id).where(among(CustomerRef.customer_id, customer_ids))
    return set(session.scalars(gone.where(CustomerRef.erased_at.is_not(None)))) if customer_ids else set()


def person(session: Session, customer_id: UUID) -> list[UUID]:
    """All ids of the person behind an id, an unknown one alone. Raises Gone when they were erased."""
    root = canonical(session, [customer_id])[customer_id]
    if erased(session, {customer_id, root}):
        raise Gone(f"Customer {customer_id} was erased.")
    return members(session, [root])[root]


def lock(session: Session, customer_ids: Collection[UUID]) -> None:
    """One decision at a time for each person behind these ids, until the transaction ends."""
    roots = select(CustomerRef.canonical_id).where(among(CustomerRef.customer_id, customer_ids))
    people = select(CustomerRef.customer_id).where(CustomerRef.customer_id.in_(roots))
    session.execute(people.order_by(CustomerRef.customer_id).with_for_update(key_share=True))
