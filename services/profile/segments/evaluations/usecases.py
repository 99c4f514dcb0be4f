"""Judging customers by all segments, and telling of those whose segments changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.attention import usecases as attention
from services.profile.links import usecases as links
from services.profile.marks import usecases as marks
from services.profile.segments import usecases as segments
from services.profile.segments.compiling.rules import compiled
from services.profile.segments.definitions import rules as graph
from services.profile.segments.definitions import usecases as definitions
from services.profile.segments.evaluations import repository, rules
from services.profile.segments.evaluations.schemas import Book, Cause, Moves, State, Verdict
from shared import due, linking
from shared.auth.caller import Caller
from shared.contracts.base import Origin
from shared.contracts.profile import SegmentAt, SegmentsChanged
from shared.db import plan_once
from shared.due import CustomerDue
from shared.messaging import outbox
from shared.messaging.republish import Selection
from shared.runtime import Runtime
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

BATCH = 500
FULL = 4_000  # two at once may then add two events for each of their 500


def evaluate_due(runtime: Runtime) -> int:
    """Judge customers whose time has come, up to 500; how many. Rests while the outbox is full. For a tick."""
    begun = False

    def ready(session: Session) -> bool:
        nonlocal begun
        waiting, begun = repository.readiness(session)
        return waiting <= FULL

    def look(*claimed: Any) -> None:
        (_look if begun else _rest)(*claimed)

    return due.work_off(runtime, CustomerDue.next_at, look, limit=BATCH, ready=ready)


def evaluate(
    session: Session,
    customer_ids: Collection[UUID],
    now: datetime,
    *,
    only: frozenset[str] | None = None,
    cause: Cause | None = None,
) -> dict[UUID, datetime | None]:
    """Judge customers by all segments, or `only` by some, and publish whose segments changed.

    When each must be looked at again; ids that nobody knows are left out. What is not a canonical id is in no segment,
    and whom it counts as is due.
    """
    states = repository.alone(session, customer_ids)
    if not states:
        return {}
    stars = linking.stars(session, states)
    linked = {one: rules.linked_of(one, *star) for one, star in stars.items()}
    due.mark(session, {root for root, _ in stars.values()} - states.keys(), now)
    everybody = {*states, *(UUID(one) for others in linked.values() for one in others)}
    seen_before = marks.quiet(session, everybody)
    book, verdicts = _judged(session, states, only, now)
    quiet = set(marks.quiet(session, everybody).values())
    held = repository.memberships(session, states)
    rows: list[State] = []
    moves: list[Moves] = []
    for one, state in states.items():
        why = cause or rules.cause_of(state, linked[one], now)
        changes = list(rules.moves(state, held[one], verdicts.get(one, Verdict()), book, why))
        origin = Origin.IMPORT if quiet & {one, *map(UUID, linked[one])} else Origin.LIVE
        after = rules.judged(state, changes, linked[one], verdicts.get(one, Verdict()), whole=only is None)
        rows += [after | ({"origin": origin.value, "occurred_at": now, "recorded_at": now} if changes else {})]
        moves += changes
    _tell(session, [row for row in rows if row != states[row["customer_id"]]], moves, now)
    if only is None:
        marks.forget(session, seen_before)
    return {row["customer_id"]: row["next_at"] for row in rows}


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
        next_looks = evaluate(session, claimed, now)
        due.settle(session, CustomerDue.next_at, stamp, {one: next_looks.get(one) for one in claimed})


def _rest(runtime: Runtime, claimed: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    """Before a first segment is published there is nothing to judge by: the job that publishes it judges everybody by
    the facts of then.
    """
    with runtime.database.transaction() as session:
        marks.forget(session, marks.quiet(session, claimed))
        due.settle(session, CustomerDue.next_at, stamp, dict.fromkeys(claimed))


def _judged(
    session: Session, customer_ids: Collection[UUID], only: frozenset[str] | None, now: datetime
) -> tuple[Book, dict[UUID, Verdict]]:
    """By what customers are judged, and which segments hold them: read after they were locked, so never outdated."""
    known = definitions.published(session)
    wanted = [name for name in known.definitions if only is None or name in only]
    zone = definitions.zone()
    when = {"now": now, "zone": str(zone)}
    plan_once(session)
    found: dict[UUID, Verdict] = {}
    for names, chain in graph.portions(wanted, known.definitions, zone):
        part = repository.verdicts(session, compiled(chain, zone), names, customer_ids, when)
        found = {one: rules.together(found.get(one), verdict) for one, verdict in part.items()}
    return Book(known.versions, known.unsettled, only), found


def _tell(session: Session, rows: Sequence[State], moves: Sequence[Moves], now: datetime) -> None:
    repository.write(session, rows, moves, now)
    by_customer = {row["customer_id"]: row for row in rows}
    events = [_event({**by_customer[one.customer_id], **rules.told(one)}, one.members) for one in moves]
    outbox.add(session, events)
    attention.mark(session, [one.customer_id for one in moves], now)


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
