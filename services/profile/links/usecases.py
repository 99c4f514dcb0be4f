"""Making and undoing links between customer ids. Facts are never touched: only `customer_ref` moves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from services.profile.attention import usecases as attention
from services.profile.customers import usecases as customers
from services.profile.links import repository, rules
from services.profile.links.schemas import Decision, Edge, Person
from services.profile.marks import usecases as marks
from shared import linking, locks
from shared.contracts.base import Origin
from shared.contracts.profile import CustomerLinked
from shared.errors import Conflict, Gone, NotFound
from shared.ids import new_id
from shared.messaging import outbox


def connect(session: Session, decisions: Sequence[Decision], now: datetime) -> None:
    """Link ids as decided and publish every id that moved. Edges that would no longer change anything are left out."""
    wanted = [edge for decision in decisions for edge in decision.edges]
    if not wanted:
        return
    before = repository.lock(session, _ends(wanted))
    accepted = set(rules.acceptable(wanted, before))
    kept = [replace(one, edges=tuple(edge for edge in one.edges if edge in accepted)) for one in decisions]
    kept = [one for one in kept if one.edges]
    repository.add(session, kept, now)
    _settle(session, set(before.values()), kept, now)


def join(session: Session, survivor_id: UUID, absorbed_ids: Collection[UUID], now: datetime) -> UUID:
    """Merge customers on the word of staff; the merge's id. Their records and facts stay as they are.

    Raises NotFound for an unknown customer and Conflict `merge_conflict` when one was absorbed before.
    """
    locks.alone(session, "merges")  # two at once that cross each other would wait in a circle
    before = repository.lock(session, {survivor_id, *absorbed_ids})
    customers.require(session, before)  # who was erased until now is no longer to be merged
    _refuse_absorbed(before)
    edges = tuple(Edge(one, survivor_id) for one in sorted(absorbed_ids))
    decision = Decision(new_id(), edges, "staff", now)
    connect(session, [decision], now)
    return decision.merge_id


def would_join(session: Session, survivor_id: UUID, absorbed_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The customers that a merge would make one, each with all ids that count as it. Raises what `join` raises."""
    ids = {survivor_id, *absorbed_ids}
    customers.require(session, ids)
    _refuse_absorbed(linking.canonical(session, ids))
    return linking.members(session, ids)


def undo(session: Session, merge_id: UUID, now: datetime) -> None:
    """Separate again what a merge put together; later merges stay. Raises Conflict when it was undone before."""
    edges = repository.edges_of(session, merge_id)
    if not edges:
        raise NotFound(f"There is no merge {merge_id}.")
    before = repository.lock(session, _ends(edges))
    if not repository.undo(session, merge_id, now):
        raise Conflict("This merge was undone already.", code="invalid_transition")
    _settle(session, set(before.values()), [Decision(merge_id, tuple(edges), "undo", now)], now)


def person(session: Session, customer_id: UUID) -> Person:
    """Whom an id counts as, with all ids that do. Raises NotFound when it is nobody known, Gone when erased."""
    canonical_id, status, members = repository.person(session, customer_id) or (customer_id, None, ())
    return known(canonical_id, status, members)


def known(canonical_id: UUID, status: str | None, members: Collection[UUID]) -> Person:
    """A person whose record has this status. Raises NotFound when there is none, Gone when they were erased."""
    if status is None:
        raise NotFound(f"There is no customer {canonical_id}.")
    if status == "erased":
        raise Gone(f"Customer {canonical_id} was erased.")
    return Person(canonical_id, tuple(sorted(members)))


def hold(session: Session, customer_id: UUID) -> Person:
    """The person behind an id, whom nobody links or separates until the transaction ends. Raises as `person` does."""
    person(session, customer_id)
    repository.lock(session, [customer_id])
    return person(session, customer_id)


def separated(session: Session, customer_ids: Collection[UUID]) -> frozenset[frozenset[UUID]]:
    """Pairs with one of these ids that somebody found to be two people: nothing may link them automatically again."""
    return repository.undone_pairs(session, customer_ids) if customer_ids else frozenset()


def get(session: Session, merge_id: UUID) -> RowMapping:
    """A merge and what became of it; raises NotFound."""
    found = repository.get(session, merge_id)
    if found is None:
        raise NotFound(f"There is no merge {merge_id}.")
    return found


def _refuse_absorbed(canonical: Mapping[UUID, UUID]) -> None:
    taken = {one: to for one, to in canonical.items() if one != to}
    if taken:
        words = ", ".join(f"{one} counts as {to}" for one, to in sorted(taken.items()))
        raise Conflict(f"Merge the records that they count as instead: {words}.", code="merge_conflict")


def _ends(edges: Iterable[Edge]) -> set[UUID]:
    return {end for edge in edges for end in (edge.absorbed_id, edge.survivor_id)}


def _settle(session: Session, stars: Collection[UUID], decisions: Sequence[Decision], now: datetime) -> None:
    """Point every member of the (locked) stars to where its edges lead, and publish those that moved."""
    before = {one: star for star, ids in linking.members(session, stars).items() for one in ids}
    after = rules.roots(before, repository.active_edges(session, before))
    moved = repository.repoint(session, {one: root for one, root in after.items() if root != before[one]})
    if not moved:
        return
    by_absorbed = {edge.absorbed_id: one for one in decisions for edge in one.edges}
    blamed = {one: by_absorbed.get(before[one], decisions[0]) for one in moved}
    repository.note_changes(session, blamed, now)
    attention.mark(session, {*moved, *(root for root, _ in moved.values())}, now)
    members: dict[UUID, list[UUID]] = {}
    for one, root in sorted(after.items()):
        members.setdefault(root, []).append(one)
    outbox.add(session, [_linked(one, moved[one], members[after[one]], blamed[one], now) for one in sorted(moved)])
    ends = {end for one in moved for end in (one, before[one], after[one])}
    marks.mark(session, dict.fromkeys(ends, Origin.LIVE), now)


def _linked(
    customer_id: UUID, target: tuple[UUID, int], member_ids: list[UUID], why: Decision, now: datetime
) -> CustomerLinked:
    canonical_id, version = target
    return CustomerLinked(
        customer_id=customer_id,
        version=version,
        occurred_at=why.occurred_at,
        recorded_at=now,
        origin=why.origin,
        canonical_id=canonical_id,
        member_ids=member_ids,
        merge_id=why.merge_id,
        cause=why.cause,
    )
