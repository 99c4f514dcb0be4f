"""Statements about owners, their history, and what rules look at."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.orm import Session

from services.profile.assignments.rules import Facts
from services.profile.assignments.schemas import Owner, PeriodFilter, Place
from services.profile.assignments.tables import AssignmentPeriod, AssignmentTurn
from services.profile.customers.tables import Customer
from services.profile.regions.fields import in_region
from services.profile.segments.evaluations.tables import SegmentMember
from services.profile.signals.tables import Assessment, Tier
from shared import locks
from shared.db import REPLACE, among, put
from shared.ids import new_id
from shared.linking import CustomerRef
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

CLOSE = text(
    "UPDATE assignment_period AS p SET valid_until = v.at "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:roles AS text[]), CAST(:ats AS timestamptz[])) "
    "AS v(customer_id, role, at) "
    "WHERE p.customer_id = v.customer_id AND p.role = v.role AND p.valid_until IS NULL"
)
GOING = text(
    "WITH gone AS (SELECT manager_id, team_id, archived_at FROM manager WHERE absence_due_at <= :now "
    "ORDER BY manager_id FOR UPDATE SKIP LOCKED), "
    "done AS (UPDATE manager AS m SET absence_due_at = CASE WHEN m.archived_at IS NULL AND m.absent_until > :now "
    "THEN m.absent_until END FROM gone g WHERE m.manager_id = g.manager_id) "
    "INSERT INTO assignment_due AS d (customer_id, due_at) "
    "SELECT DISTINCT o.customer_id, CAST(:now AS timestamptz) FROM gone g "
    "JOIN customer_owner o ON o.manager_id = g.manager_id AND (NOT o.pinned OR g.archived_at IS NOT NULL) "
    "OR o.manager_id IS NULL AND o.team_id = g.team_id ORDER BY o.customer_id "
    "ON CONFLICT (customer_id) DO UPDATE SET due_at = LEAST(d.due_at, excluded.due_at) RETURNING d.customer_id"
)


def lock(session: Session) -> None:
    """Let nobody else decide about owners until the transaction ends: nobody gets two, and no manager too many."""
    locks.alone(session, "assignments")


def present(session: Session, customer_ids: Collection[UUID]) -> dict[Place, CustomerOwner]:
    """The owners of customers in all their roles."""
    rows = session.scalars(select(CustomerOwner).where(among(CustomerOwner.customer_id, customer_ids)))
    return {Place(row.customer_id, row.role): row for row in rows}


def facts(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, Facts]:
    """What rules look at, of those who are active and stand for themselves."""
    statement = (
        select(Customer.customer_id, Customer.region, Customer.locale, Tier.tier, Assessment.value_class)
        .outerjoin(Tier, Tier.customer_id == Customer.customer_id)
        .outerjoin(Assessment, Assessment.customer_id == Customer.customer_id)
        .where(among(Customer.customer_id, customer_ids), *standing())
    )
    memberships: dict[UUID, set[str]] = {}
    held = select(SegmentMember.customer_id, SegmentMember.segment_id)
    for customer_id, segment_id in session.execute(held.where(among(SegmentMember.customer_id, customer_ids))):
        memberships.setdefault(customer_id, set()).add(str(segment_id))
    return {row[0]: Facts(*row[1:], memberships.get(row[0], ())) for row in session.execute(statement)}


def standing() -> tuple[Any, ...]:
    """Conditions for customers who are active and were not absorbed by another."""
    absorbed = select(CustomerRef.customer_id).where(
        CustomerRef.customer_id == Customer.customer_id, CustomerRef.canonical_id != CustomerRef.customer_id
    )
    return Customer.status == "active", ~absorbed.exists()


def everybody(session: Session, after: UUID | None, limit: int, regions: Collection[str] = ()) -> list[UUID]:
    """The next customers by id who are active and stand for themselves; of some regions if any are named."""
    statement = select(Customer.customer_id).where(*standing()).order_by(Customer.customer_id).limit(limit)
    if after is not None:
        statement = statement.where(Customer.customer_id > after)
    if regions:
        statement = statement.where(in_region(Customer.region, regions))
    return list(session.scalars(statement))


def how_many(session: Session, regions: Collection[str] = ()) -> int:
    """How many `everybody` are."""
    statement = select(func.count()).select_from(Customer).where(*standing())
    if regions:
        statement = statement.where(in_region(Customer.region, regions))
    return session.scalar(statement) or 0


def loads(session: Session, manager_ids: Collection[UUID] | None = None) -> Counter[UUID]:
    """How many customers each manager has, or each of some; who has none is left out."""
    held = select(CustomerOwner.manager_id, func.count()).where(CustomerOwner.manager_id.is_not(None), counting())
    if manager_ids is not None:
        held = held.where(among(CustomerOwner.manager_id, manager_ids))
    return Counter(dict(session.execute(held.group_by(CustomerOwner.manager_id)).all()))  # type: ignore[arg-type]


def counting() -> ColumnElement[bool]:
    """Whether an owner's row counts: that of an absorbed customer waits for an undo of the merge."""
    absorbed = select(CustomerRef.customer_id).where(
        CustomerRef.customer_id == CustomerOwner.customer_id, CustomerRef.canonical_id != CustomerRef.customer_id
    )
    return ~absorbed.exists()


def load(session: Session, manager_id: UUID) -> int:
    """How many customers one manager has."""
    held = select(func.count()).where(CustomerOwner.manager_id == manager_id, counting())
    return session.scalar(held) or 0


def turns(session: Session) -> dict[UUID, UUID]:
    """To whom each rule that goes round gave last."""
    return dict(session.execute(select(AssignmentTurn.rule_id, AssignmentTurn.manager_id)).all())


def keep_turns(session: Session, latest: Mapping[UUID, UUID]) -> None:
    """Remember whose turn it was."""
    rows = [{"rule_id": rule_id, "manager_id": manager_id} for rule_id, manager_id in latest.items()]
    put(session, AssignmentTurn, rows, on_conflict=REPLACE)


def change(
    session: Session, owners: Mapping[Place, Owner], before: Mapping[Place, CustomerOwner], now: datetime
) -> list[dict[str, Any]]:
    """End the present periods and begin new ones at the same instant; the owners as they are then, versions drawn."""
    starts = {place: max(now, before[place].valid_from) if place in before else now for place in owners}
    binds = {"ids": [one.customer_id for one in starts], "roles": [one.role for one in starts]}
    session.execute(CLOSE, binds | {"ats": list(starts.values())})
    periods = [
        {**_owner(place, owner), "period_id": new_id(), "rule_id": owner.rule_id}
        | {"valid_from": starts[place], "valid_until": None}
        for place, owner in owners.items()
        if owner.manager_id or owner.team_id
    ]
    put(session, AssignmentPeriod, periods)
    rows = [
        {**_owner(place, owner), "valid_from": starts[place]}
        | {"version": before[place].version + 1 if place in before else 1}
        for place, owner in owners.items()
    ]
    put(session, CustomerOwner, rows, on_conflict=REPLACE)
    return rows


def _owner(place: Place, owner: Owner) -> dict[str, Any]:
    ids = {"manager_id": owner.manager_id, "team_id": owner.team_id, "territory_id": owner.territory_id}
    return {"customer_id": place.customer_id, "role": place.role, **ids, "pinned": owner.pinned, "cause": owner.cause}


def periods(session: Session, customer_id: UUID, wanted: PeriodFilter, page: PageRequest) -> Listing[Any]:
    """A page of the history of one customer, the newest first."""
    statement: Select[Any] = select(AssignmentPeriod).where(AssignmentPeriod.customer_id == customer_id)
    if wanted.role:
        statement = statement.where(among(AssignmentPeriod.role, wanted.role))
    if wanted.current is not None:
        until = AssignmentPeriod.valid_until
        statement = statement.where(until.is_(None) if wanted.current else until.is_not(None))
    sorts = {"valid_from": (AssignmentPeriod.valid_from, AssignmentPeriod.period_id)}
    return paginate(session, statement, page, sorts, default="-valid_from")


def open_period(session: Session, place: Place) -> AssignmentPeriod:
    """The period of the present owner, who is there."""
    wanted = select(AssignmentPeriod).where(
        AssignmentPeriod.customer_id == place.customer_id, AssignmentPeriod.role == place.role
    )
    return session.scalars(wanted.where(AssignmentPeriod.valid_until.is_(None))).one()


def going(session: Session, now: datetime) -> int:
    """Make due whom managers leave now, and who waits in the queue of somebody's team; how many there were."""
    return len(session.execute(GOING, {"now": now}).all())


def held(session: Session, manager_id: UUID, role: str, limit: int | None = None) -> list[UUID]:
    """Customers whom a manager has in a role, by id."""
    wanted = select(CustomerOwner.customer_id).where(CustomerOwner.manager_id == manager_id, CustomerOwner.role == role)
    return list(session.scalars(wanted.order_by(CustomerOwner.customer_id).limit(limit)))
