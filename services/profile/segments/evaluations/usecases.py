"""Judging customers by all segments, and telling of those whose segments changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.attention import usecases as attention
from services.profile.links import usecases as links
from services.profile.marks import usecases as marks
from services.profile.segments import usecases as segments
from services.profile.segments.compiling.rules import compiled
from services.profile.segments.compiling.schemas import Compiled
from services.profile.segments.definitions import rules as graph
from services.profile.segments.definitions import usecases as definitions
from services.profile.segments.definitions.usecases import Published
from services.profile.segments.evaluations import repository, rules
from services.profile.segments.evaluations.schemas import Book, Cause, Findings, Look, Moves, State, Verdict
from shared import due
from shared.auth.caller import Caller
from shared.contracts.base import Origin
from shared.contracts.profile import SegmentAt, SegmentsChanged
from shared.due import CustomerDue
from shared.messaging import outbox
from shared.messaging.republish import Selection
from shared.runtime import Runtime
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

BATCH = 500
NOWHERE = Verdict()
FULL = 2_500  # two hands and a publication may then add two events for each of their 500: 5,500 at most
ROOM = outbox.has_room(FULL)


def evaluate_due(runtime: Runtime) -> int:
    """Judge customers whose time has come, up to 500; how many. Rests while the outbox is full. For a tick."""
    return due.work_off(runtime, CustomerDue.next_at, _look, limit=BATCH, ready=ROOM)


def evaluate(
    session: Session,
    customer_ids: Collection[UUID],
    now: datetime,
    *,
    only: frozenset[str] | None = None,
    cause: Cause | None = None,
    stamp: datetime | None = None,
) -> dict[UUID, datetime | None]:
    """Judge customers by all segments, or `only` by some, and publish whose segments changed.

    When each must be looked at again; ids that nobody knows are left out. What is not a canonical id is in no segment,
    and whom it counts as is due. Who were claimed with a `stamp` are settled.
    """
    states = repository.alone(session, customer_ids)
    if not states:
        marks.forget(session, marks.quiet(session, customer_ids))
    after, told = _evaluated(session, states, only, cause, now) if states else ({}, {})
    looked = [one for one in after.values() if one.customer_id not in told and one != states[one.customer_id]]
    looks = {one: state.next_at for one, state in after.items()}
    if stamp is None:
        repository.look(session, looked)
    else:
        repository.settle(session, looked, stamp, {one: looks.get(one) for one in customer_ids}, lasting=bool(told))
    return looks


def members(session: Session, segment_id: UUID, page: PageRequest, caller: Caller) -> Listing[Any]:
    """Who is in a segment, as far as the caller may see them; raises NotFound."""
    return repository.members(session, segments.get(session, segment_id).segment_id, page, caller)


def of_customer(session: Session, customer_id: UUID, page: PageRequest) -> Listing[Any]:
    """The segments of whom an id counts as; raises NotFound and Gone."""
    return repository.of_customer(session, links.person(session, customer_id).canonical_id, page)


def published_again(session: Session, selection: Selection) -> Sequence[SegmentsChanged]:
    """What was told of one page of customers, in its present version."""
    rows = repository.selected(session, selection)
    members = repository.memberships(session, [row["customer_id"] for row in rows])
    return [_event(row, sorted(members[row["customer_id"]])) for row in rows]


def _look(runtime: Runtime, claimed: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        evaluate(session, claimed, now, stamp=stamp)


def _evaluated(
    session: Session, states: Mapping[UUID, State], only: frozenset[str] | None, cause: Cause | None, now: datetime
) -> tuple[dict[UUID, State], Mapping[UUID, Any]]:
    """How customers who are locked are judged now, and whom of it was told."""
    book, found = _judged(session, states, only, now)
    whom, linked = dict(found.links), rules.linked(found.links)
    # What happened to an absorbed id is told of whom it counts as, who heeds its marks.
    due.mark(session, set(whom.values()) - states.keys(), now)
    after: dict[UUID, State] = {}
    news: dict[UUID, Look] = {}
    for one, state in states.items():
        verdict, others = found.verdicts.get(one, NOWHERE), linked.get(one, [])
        after[one] = rules.judged(state, others, verdict.next_at, whole=only is None)
        if verdict.news:
            news[one] = Look(state, others, verdict)
    told = _tell(session, after, _moves(session, news, book, cause, now), now)
    if only is None:
        marks.forget(session, [mark for mark, whose in found.quiet.items() if whom.get(whose, whose) in states])
    return after, told


def _everybody(linked: Mapping[UUID, Collection[str]]) -> set[UUID]:
    """Customers, and whom they are linked with."""
    return {*linked, *(UUID(one) for others in linked.values() for one in others)}


def _judged(
    session: Session, customer_ids: Collection[UUID], only: frozenset[str] | None, now: datetime
) -> tuple[Book, Findings]:
    """By what customers are judged, and what is found of them: by what counts after they were locked."""
    known = definitions.latest(session)
    while (found := _found(session, known, customer_ids, only, now)).outdated:
        known = definitions.published(session)
    return Book(known.versions, known.unsettled, only), found


def _found(
    session: Session, known: Published, customer_ids: Collection[UUID], only: frozenset[str] | None, now: datetime
) -> Findings:
    about = {"now": now, "zone": str(definitions.zone()), "mark": known.mark}
    return reduce(
        rules.together,
        (
            repository.judge(session, chain, names, customer_ids, {**about, "others": others})
            for names, chain, others in _portions(known, only)
        ),
    )


@lru_cache(maxsize=16)
def _portions(
    known: Published, only: frozenset[str] | None
) -> Sequence[tuple[tuple[str, ...], Compiled, Sequence[UUID]]]:
    """Segments in portions, how each is judged, and all others. Kept, for they judge one customer after another."""
    wanted = [name for name in known.definitions if only is None or name in only]
    zone = definitions.zone()
    return [
        (names, compiled(chain, zone), [UUID(name) for name in known.definitions.keys() - set(names)])
        for names, chain in graph.portions(wanted, known.definitions, zone)
    ]


def _moves(session: Session, looks: Mapping[UUID, Look], book: Book, cause: Cause | None, now: datetime) -> list[Moves]:
    """What changes for customers whose memberships are not what they were judged to be."""
    if not looks:
        return []
    quiet = set(marks.quiet(session, _everybody({one: look.linked for one, look in looks.items()})).values())
    found: list[Moves] = []
    for one, before in repository.memberships(session, looks).items():
        look = looks[one]
        origin = Origin.IMPORT if quiet & _everybody({one: look.linked}) else Origin.LIVE
        found += rules.moves(look, before, book, cause or rules.cause_of(look, now), origin)
    return found


def _tell(session: Session, after: Mapping[UUID, State], moves: Sequence[Moves], now: datetime) -> Mapping[UUID, Any]:
    """Store and publish what changes; how those were judged to whom it happens."""
    if not moves:
        return {}
    told = {one.customer_id: after[one.customer_id]._asdict() | rules.told(one, now) for one in moves}
    repository.write(session, list(told.values()), moves, now)
    outbox.add(session, [_event(rules.told(one, now), one.members) for one in moves])
    attention.mark(session, told, now)
    return told


def _event(row: Mapping[str, Any], members: Sequence[str]) -> SegmentsChanged:
    return SegmentsChanged(
        customer_id=row["customer_id"],
        version=row["version"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        origin=Origin(row["origin"]),
        entered=[SegmentAt(**one) for one in row["entered"]],
        left=[SegmentAt(**one) for one in row["left"]],
        members=[UUID(one) for one in members],
        cause=row["cause"],
    )
