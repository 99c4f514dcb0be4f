"""Statements about memberships."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, TextClause, Uuid, bindparam, cast, column, func, select, text, update
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.segments.compiling.schemas import Compiled
from services.profile.segments.evaluations.schemas import Findings, Moves, State, Verdict
from services.profile.segments.evaluations.tables import SegmentMember, SegmentState
from services.profile.segments.tables import MARK, Segment
from shared import due, ownership
from shared.auth.caller import Caller
from shared.db import PLANNED_ONCE, REPLACE, put, to_json
from shared.due import CustomerDue
from shared.inserts import DIALECT
from shared.linking import ABSORBED, CustomerRef
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

# It also has what follows planned once, as `plan_once` does: to plan it takes longer than to judge one customer.
ALONE = text(
    f"SELECT {', '.join(State._fields)}, set_config('{PLANNED_ONCE[0]}', '{PLANNED_ONCE[1]}', true) FROM segment_state "
    "WHERE customer_id = ANY(CAST(:ids AS uuid[])) ORDER BY customer_id FOR UPDATE"
)
AROUND = (
    f"absorbed AS MATERIALIZED ({ABSORBED}), around (what, one, whose) AS ("
    "SELECT 'link', customer_id, canonical_id FROM absorbed UNION ALL "
    "SELECT 'quiet', mark_id, customer_id FROM quiet_mark WHERE customer_id = ANY(CAST(:ids AS uuid[])) "
    "OR customer_id = ANY(ARRAY(SELECT customer_id FROM absorbed)) UNION ALL "
    f"SELECT 'outdated', NULL, NULL WHERE ({MARK.compile(dialect=DIALECT)}) IS DISTINCT FROM CAST(:mark AS text))"
)
STUBS = text(
    'INSERT INTO segment_state (customer_id, version, entered, "left") '
    "SELECT customer_id, 0, '[]', '[]' FROM customer "
    "WHERE customer_id = ANY(CAST(:ids AS uuid[])) AND status = 'active' AND EXISTS (SELECT FROM segment_version) "
    "ORDER BY customer_id ON CONFLICT (customer_id) DO NOTHING"
)
WERE = (
    "SELECT m.customer_id AS id, array_agg(w.at ORDER BY w.at) AS held FROM segment_member m "
    "LEFT JOIN unnest(CAST(:wanted AS uuid[])) WITH ORDINALITY AS w (segment_id, at) ON w.segment_id = m.segment_id "
    "WHERE m.customer_id = ANY(CAST(:ids AS uuid[])) AND m.segment_id <> ALL(CAST(:others AS uuid[])) "
    "GROUP BY m.customer_id"
)
HELD = text(
    "SELECT customer_id, array_agg(CAST(segment_id AS text)), array_agg(segment_version) FROM segment_member "
    "WHERE customer_id = ANY(CAST(:ids AS uuid[])) GROUP BY customer_id"
)
STATE: Any = SegmentState.__table__
GIVEN = (
    func.unnest(
        bindparam("looked", type_=ARRAY(Uuid)),
        bindparam("linked", type_=ARRAY(Text)),
        bindparam("looks", type_=ARRAY(STATE.c.next_at.type)),
    )
    .table_valued(column("whom", Uuid), column("linked", Text), column("at", STATE.c.next_at.type), name="looks")
    .render_derived()
)
LOOKED = (
    update(STATE)
    .where(STATE.c.customer_id == GIVEN.c.whom)
    .values(linked=cast(GIVEN.c.linked, STATE.c.linked.type), next_at=GIVEN.c.at)
)
BESIDE = LOOKED.cte("looked")
MOVE = text(
    "WITH given AS (SELECT * FROM unnest(CAST(:customers AS uuid[]), CAST(:segments AS uuid[]), "
    "CAST(:versions AS bigint[]), CAST(:moves AS bigint[]), CAST(:entered AS boolean[]), CAST(:causes AS text[])) "
    "AS g (customer_id, segment_id, segment_version, version, entered, cause)), "
    "came AS (INSERT INTO segment_member AS m (customer_id, segment_id, segment_version, entered_at) "
    "SELECT customer_id, segment_id, segment_version, :now FROM given WHERE entered ORDER BY customer_id, segment_id "
    "ON CONFLICT (customer_id, segment_id) DO UPDATE SET segment_version = excluded.segment_version, "
    "entered_at = excluded.entered_at), "
    "went AS (DELETE FROM segment_member m USING given g "
    "WHERE NOT g.entered AND m.customer_id = g.customer_id AND m.segment_id = g.segment_id) "
    "INSERT INTO segment_move (customer_id, version, segment_id, entered, segment_version, cause, at) "
    "SELECT customer_id, version, segment_id, entered, segment_version, cause, :now FROM given "
    "ON CONFLICT (customer_id, version, segment_id) DO NOTHING"
)


def alone(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, State]:
    """How customers were judged last, locked: whoever judges them next sees what is committed until then.

    Nobody before a first segment is published: its job judges everybody by the facts of then. What else the transaction
    asks is planned once for everybody.
    """
    found = _locked(session, customer_ids)
    if len(found) < len(set(customer_ids)):
        session.execute(STUBS, {"ids": list(customer_ids)})
        found = _locked(session, customer_ids)
    return found


def _locked(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, State]:
    rows = session.execute(ALONE, {"ids": list(customer_ids)}).all()
    return {row[0]: State(*row[:-1]) for row in rows}


def judge(
    session: Session, rules: Compiled, wanted: tuple[str, ...], customer_ids: Collection[UUID], about: Mapping[str, Any]
) -> Findings:
    """Which of the wanted segments hold each canonical customer, and what is around them; others have no verdict.

    `about` has `now`, the `zone` of business days, the `others` whose members are no news now, and the `mark` of the
    segments that these are.
    """
    binds = {**rules.binds, **about, "ids": list(customer_ids), "wanted": f"{{{','.join(wanted)}}}"}
    name_of = ("", *wanted).__getitem__  # places count from 1
    found = Findings({}, [], {}, False)
    for what, one, whose, held, next_at, news in session.execute(_judging(rules, wanted), binds).all():
        if what is None:
            found.verdicts[one] = Verdict(frozenset(map(name_of, held)), next_at, news)
        elif what == "link":
            found.links.append((one, whose))
        elif what == "quiet":
            found.quiet[one] = whose
        else:
            found = replace(found, outdated=True)
    return found


@lru_cache(maxsize=256)
def _judging(rules: Compiled, wanted: tuple[str, ...]) -> TextClause:
    """Kept, because to find the binds of a long statement takes longer than to judge one customer."""
    held = ", ".join(f"CASE WHEN {rules.places[name]} THEN {at} END" for at, name in enumerate(wanted, 1))
    return text(
        f"{rules.some}, weighed AS MATERIALIZED (SELECT id, array_remove(ARRAY[{held}]::bigint[], NULL) AS held, "
        f"{rules.next_at} AS next_at FROM judged), {AROUND} SELECT CAST(NULL AS text), weighed.id, CAST(NULL AS uuid), "
        f"weighed.held, weighed.next_at, weighed.held <> coalesce(were.held, '{{}}') "
        f"FROM weighed LEFT JOIN ({WERE}) were ON were.id = weighed.id "
        "UNION ALL SELECT what, one, whose, NULL, NULL, NULL FROM around"
    )


def memberships(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """The segments that hold each customer, with the version that they entered."""
    rows = session.execute(HELD, {"ids": list(customer_ids)})
    found = {row[0]: dict(zip(row[1], row[2], strict=True)) for row in rows}
    return {one: found.get(one, {}) for one in customer_ids}


def look(session: Session, states: Sequence[State]) -> None:
    """Store how customers were judged whose segments stay the same."""
    if states:
        session.execute(LOOKED, _looked(states))


def settle(
    session: Session,
    states: Sequence[State],
    stamp: datetime,
    next_at: Mapping[UUID, datetime | None],
    *,
    lasting: bool,
) -> None:
    """Store it as `look` does, and when those who were claimed are looked at next."""
    due.settle(session, CustomerDue.next_at, stamp, next_at, beside=BESIDE, binds=_looked(states), lasting=lasting)


def _looked(states: Sequence[State]) -> dict[str, Any]:
    return {
        "looked": [one.customer_id for one in states],
        "linked": [None if one.linked is None else to_json(one.linked) for one in states],
        "looks": [one.next_at for one in states],
    }


def write(session: Session, states: Sequence[Mapping[str, Any]], moves: Sequence[Moves], now: datetime) -> None:
    """Store what an evaluation changed, and how those whom it moved were judged."""
    put(session, SegmentState, states, on_conflict=REPLACE)
    moved = [(one, *move) for one in moves for move in _moved(one)]
    if moved:
        binds = {
            "customers": [one.customer_id for one, *_ in moved],
            "moves": [one.version for one, *_ in moved],
            "causes": [one.cause for one, *_ in moved],
            "entered": [entered for _, entered, *_ in moved],
            "segments": [UUID(name) for *_, name, _ in moved],
            "versions": [version for *_, version in moved],
        }
        session.execute(MOVE, binds | {"now": now})


def _moved(one: Moves) -> Iterator[tuple[bool, str, int]]:
    """Whether they entered, which segment, in which version."""
    for entered, moved in ((True, one.entered), (False, one.left)):
        for name, version in moved.items():
            yield entered, name, version


def people(session: Session) -> int:
    """How many canonical customers there are to judge."""
    return session.scalar(select(func.count()).select_from(_people().subquery())) or 0


def people_after(session: Session, after: UUID | None, limit: int) -> list[UUID]:
    """The next canonical customers by id."""
    wanted = _people()
    if after is not None:
        wanted = wanted.where(Customer.customer_id > after)
    return list(session.scalars(wanted.order_by(Customer.customer_id).limit(limit)))


def settled(session: Session, segment_id: UUID, version: int) -> None:
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


def _people() -> Select[UUID]:
    wanted = select(Customer.customer_id).join(CustomerRef, CustomerRef.customer_id == Customer.customer_id)
    return wanted.where(Customer.status == "active", CustomerRef.canonical_id == CustomerRef.customer_id)
