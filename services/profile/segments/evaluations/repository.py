"""Statements about memberships."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, select, text, update
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.segments.compiling.schemas import Compiled
from services.profile.segments.evaluations.schemas import Moves, State, Verdict
from services.profile.segments.evaluations.tables import SegmentMember, SegmentMove, SegmentState
from services.profile.segments.tables import Segment, SegmentVersion
from shared import ownership
from shared.auth.caller import Caller
from shared.db import NOTHING, REPLACE, among, put
from shared.linking import CustomerRef
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

NAMES = tuple(SegmentState.__table__.columns.keys())
STUBS = text(
    'INSERT INTO segment_state (customer_id, version, entered, "left") '
    "SELECT customer_id, 0, '[]', '[]' FROM customer "
    "WHERE customer_id = ANY(CAST(:ids AS uuid[])) AND status = 'active' ORDER BY customer_id "
    "ON CONFLICT (customer_id) DO NOTHING"
)
LEAVE = text(
    "DELETE FROM segment_member m USING unnest(CAST(:customers AS uuid[]), CAST(:segments AS uuid[])) "
    "AS gone (customer_id, segment_id) WHERE m.customer_id = gone.customer_id AND m.segment_id = gone.segment_id"
)


def ever_published(session: Session) -> bool:
    """Whether any segment was ever published."""
    return session.scalar(select(SegmentVersion.segment_id).limit(1)) is not None


def alone(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, State]:
    """How customers were judged last, locked: whoever judges them next sees what is committed until then."""
    found = _locked(session, customer_ids)
    if len(found) < len(set(customer_ids)):
        session.execute(STUBS, {"ids": list(customer_ids)})
        found = _locked(session, customer_ids)
    return found


def _locked(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, State]:
    wanted = select(SegmentState.__table__).where(among(SegmentState.customer_id, customer_ids))
    rows = session.execute(wanted.order_by(SegmentState.customer_id).with_for_update())
    return {row[0]: dict(zip(NAMES, row, strict=True)) for row in rows}


def verdicts(
    session: Session, rules: Compiled, wanted: Sequence[str], customer_ids: Collection[UUID], when: Mapping[str, Any]
) -> dict[UUID, Verdict]:
    """Which of the wanted segments hold each canonical customer; others than canonical ids are left out.

    `when` has `now`, and the `zone` of business days.
    """
    held = ", ".join(f"CASE WHEN {rules.places[name]} THEN {at} END" for at, name in enumerate(wanted))
    statement = f"{rules.some} SELECT id, array_remove(ARRAY[{held}]::int[], NULL), {rules.next_at} FROM judged"
    rows = session.execute(text(statement), {**rules.binds, **when, "ids": list(customer_ids)})
    return {row[0]: Verdict(frozenset(wanted[at] for at in row[1]), row[2]) for row in rows}


def memberships(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """The segments that hold each customer, with the version that they entered."""
    names = func.array_agg(cast(SegmentMember.segment_id, Text))
    statement = select(SegmentMember.customer_id, names, func.array_agg(SegmentMember.segment_version))
    rows = session.execute(
        statement.where(among(SegmentMember.customer_id, customer_ids)).group_by(SegmentMember.customer_id)
    )
    found = {row[0]: dict(zip(row[1], row[2], strict=True)) for row in rows}
    return {one: found.get(one, {}) for one in customer_ids}


def write(session: Session, states: Sequence[State], moves: Sequence[Moves], now: datetime) -> None:
    """Store what an evaluation changed, and how its customers were judged."""
    put(session, SegmentState, states, on_conflict=REPLACE)
    gone = [(one.customer_id, name) for one in moves for name in one.left]
    if gone:
        session.execute(LEAVE, {"customers": [one for one, _ in gone], "segments": [name for _, name in gone]})
    came = [
        {"customer_id": one.customer_id, "segment_id": UUID(name), "segment_version": version, "entered_at": now}
        for one in moves
        for name, version in one.entered.items()
    ]
    put(session, SegmentMember, came, on_conflict=REPLACE)
    put(session, SegmentMove, [row for one in moves for row in _moved(one, now)], on_conflict=NOTHING)


def _moved(one: Moves, now: datetime) -> list[dict[str, Any]]:
    same = {"customer_id": one.customer_id, "version": one.version, "cause": one.cause, "at": now}
    return [
        same | {"segment_id": UUID(name), "segment_version": version, "entered": entered}
        for entered, moved in ((True, one.entered), (False, one.left))
        for name, version in moved.items()
    ]


def people(session: Session) -> int:
    """About how many customers there are to judge."""
    return session.scalar(text("SELECT count(*) FROM customer WHERE status = 'active'")) or 0


def people_after(session: Session, after: UUID | None, limit: int) -> list[UUID]:
    """The next canonical customers by id."""
    wanted = select(Customer.customer_id).join(CustomerRef, CustomerRef.customer_id == Customer.customer_id)
    wanted = wanted.where(Customer.status == "active", CustomerRef.canonical_id == CustomerRef.customer_id)
    if after is not None:
        wanted = wanted.where(Customer.customer_id > after)
    return list(session.scalars(wanted.order_by(Customer.customer_id).limit(limit)))


def settle(session: Session, segment_id: UUID, version: int) -> None:
    """Note that everybody was judged by a version, if it is still the one that counts."""
    statement = update(Segment).where(Segment.segment_id == segment_id, Segment.published_version == version)
    session.execute(statement.values(settled_version=version))


def members(session: Session, segment_id: UUID, page: PageRequest, caller: Caller) -> Listing[Any]:
    """Who is in a segment, as far as the caller may see them."""
    wanted = (
        select(Customer.customer_id, Customer.number, Customer.name)
        .add_columns(SegmentMember.entered_at, SegmentMember.segment_version)
        .join(Customer, Customer.customer_id == SegmentMember.customer_id)
        .where(SegmentMember.segment_id == segment_id)
    )
    sorts = {"entered_at": (SegmentMember.entered_at, SegmentMember.customer_id)}
    wanted = ownership.narrowed(wanted, SegmentMember.customer_id, caller)
    return paginate(session, wanted, page, sorts, default="-entered_at")


def of_customer(session: Session, customer_id: UUID, page: PageRequest) -> Listing[Any]:
    """The segments that a canonical customer is in."""
    wanted = (
        select(Segment.segment_id, Segment.code, Segment.name, Segment.kind)
        .add_columns(SegmentMember.segment_version, SegmentMember.entered_at)
        .join(SegmentMember, SegmentMember.segment_id == Segment.segment_id)
        .where(SegmentMember.customer_id == customer_id)
    )
    sorts = {"entered_at": (SegmentMember.entered_at, Segment.segment_id), "code": (Segment.code,)}
    return paginate(session, wanted, page, sorts, default="-entered_at")


def selected(session: Session, selection: Selection) -> Sequence[Mapping[str, Any]]:
    """What was told of customers, one page by id."""
    statement = select(SegmentState.__table__).where(SegmentState.version > 0)
    whose, changed = SegmentState.customer_id, SegmentState.recorded_at
    page = selection.narrowed(statement, whose, customer_id=whose, changed_at=changed)
    return [dict(row) for row in session.execute(page).mappings()]
