"""Giving customers to managers and teams: as they come, on the word of staff, and for others to call."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.assignment_rules import usecases as assignment_rules
from services.profile.assignments import repository, rules
from services.profile.assignments.rules import Facts, Staffing
from services.profile.assignments.schemas import STAFF, Owner, Pin, Place
from services.profile.assignments.tables import AssignmentPeriod
from services.profile.attention.tables import AssignmentDue
from services.profile.links import usecases as links
from services.profile.managers import usecases as managers
from services.profile.marks import usecases as marks
from services.profile.teams import usecases as teams
from services.profile.territories import usecases as territories
from services.profile.territories.rules import by_region
from shared import due
from shared.contracts.base import Origin
from shared.contracts.profile import AssignmentChanged
from shared.ownership import FIELDS, CustomerOwner
from shared.runtime import Runtime

BATCH = 500


def place_due(runtime: Runtime) -> int:
    """Look at customers who came or changed; how many."""
    return due.work_off(runtime, AssignmentDue.due_at, _place_claimed, limit=BATCH)


def reassign_absent(runtime: Runtime) -> int:
    """Make due whom managers leave now, for a time or for good, and who waits for one who returns; how many."""
    with runtime.database.transaction() as session:
        return repository.going(session, runtime.now())


def place(session: Session, customer_ids: Collection[UUID], now: datetime) -> int:
    """Give canonical customers to whom the rules mean; how many owners changed."""
    staff = staffing(session, now, locked=True)
    changed, before = decided(session, customer_ids, staff)
    settle(session, changed, before, now)
    repository.keep_turns(session, staff.turns)
    return len(changed)


def staffing(session: Session, now: datetime, *, locked: bool) -> Staffing:
    """Rules, managers and what they hold; `locked` keeps others from deciding until the transaction ends."""
    if locked:
        repository.lock(session)
    found = assignment_rules.in_use(session)
    places = territories.in_use(session)
    named = {one for one in (*(rule.team_id for rule in found), *(where.team_id for where in places)) if one}
    return Staffing(
        now=now,
        rules=found,
        managers=managers.in_use(session),
        below=teams.below(session, named),
        territories=by_region((one, one.regions) for one in places),
        turns=repository.turns(session),
    )


def decided(
    session: Session, customer_ids: Collection[UUID], staff: Staffing
) -> tuple[dict[Place, Owner], dict[Place, CustomerOwner]]:
    """Whose owner changes to whom, and who has them now; writes nothing."""
    before = repository.present(session, customer_ids)
    facts = repository.facts(session, customer_ids)
    filled: dict[UUID, set[str]] = {}
    for place in before:
        filled.setdefault(place.customer_id, set()).add(place.role)
    places = {
        place: owner_of(before.get(place))
        for customer_id in sorted(facts)
        for role in sorted(filled.get(customer_id, set()).union(staff.roles))
        for place in (Place(customer_id, role),)
    }
    _count(session, [(facts[place.customer_id], place.role, had) for place, had in places.items()], staff)
    changed = {}
    for place, had in places.items():
        owner = rules.decide(facts[place.customer_id], place.role, had, staff)
        if rules.differs(had, owner):
            rules.account(had, owner, staff)
            changed[place] = owner or Owner(None, None, None)
    return changed, before


def _count(session: Session, cases: Iterable[tuple[Facts, str, Owner | None]], staff: Staffing) -> None:
    """Learn what those managers hold of whom it matters: to count all customers takes longer than to place some."""
    wanted = {one for facts, role, had in cases for one in rules.to_be_counted(facts, role, had, staff)}
    if unknown := wanted - staff.loads.keys():
        staff.loads.update(repository.loads(session, unknown))


def settle(
    session: Session, owners: Mapping[Place, Owner], before: Mapping[Place, CustomerOwner], now: datetime
) -> None:
    """Make these the owners and publish that; segments may ask for them."""
    if owners:
        rows = repository.change(session, owners, before, now)
        marks.publish(session, [changed(row, Origin.LIVE, now) for row in rows], now)


def pin(session: Session, customer_id: UUID, role: str, wanted: Pin, now: datetime) -> AssignmentPeriod:
    """Give a customer to a manager, or into a team's queue, on the word of staff; the period that begins.

    Raises NotFound and Gone for the customer, Invalid for who is not in use, or is away where that is not meant.
    """
    place = Place(links.person(session, customer_id).canonical_id, role)
    managers.require(session, wanted.manager_id, "manager_id")
    teams.require(session, wanted.team_id, "team_id")
    repository.lock(session)
    before = repository.present(session, [place.customer_id])
    had = owner_of(before.get(place))
    theirs = had is not None and had.manager_id == wanted.manager_id
    if wanted.manager_id and not (theirs or wanted.although_absent):
        managers.require_there(session, wanted.manager_id, "manager_id", now)
    team_id = managers.get(session, wanted.manager_id).team_id if wanted.manager_id else wanted.team_id
    owner = Owner(wanted.manager_id, team_id, None if had is None else had.territory_id, wanted.pinned, STAFF)
    if rules.differs(had, owner):
        settle(session, {place: owner}, before, now)
    return repository.open_period(session, place)


def _place_claimed(runtime: Runtime, customer_ids: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        place(session, customer_ids, now)
        due.settle(session, AssignmentDue.due_at, stamp, dict.fromkeys(customer_ids))


def owner_of(row: CustomerOwner | None) -> Owner | None:
    """A stored owner; None where nobody is."""
    if row is None or (row.manager_id is None and row.team_id is None):
        return None
    return Owner(row.manager_id, row.team_id, row.territory_id, row.pinned, row.cause)


def changed(row: Mapping[str, Any], origin: Origin, recorded_at: datetime) -> AssignmentChanged:
    """The event that tells of an owner."""
    moments = {"occurred_at": row["valid_from"], "recorded_at": recorded_at, "origin": origin}
    return AssignmentChanged.model_validate({name: row[name] for name in FIELDS} | moments)
