"""Giving customers to managers and teams: as they come, on the word of staff, and for others to call."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.assignment_rules import usecases as assignment_rules
from services.profile.assignments import repository, rules
from services.profile.assignments.rules import Staffing
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
        loads=repository.loads(session) if found else Counter(),
        turns=repository.turns(session),
    )


def decided(
    session: Session, customer_ids: Collection[UUID], staff: Staffing
) -> tuple[dict[Place, Owner], dict[Place, CustomerOwner]]:
    """Whose owner changes to whom, and who has them now; writes nothing."""
    before = repository.present(session, customer_ids)
    changed = {}
    for customer_id, facts in sorted(repository.facts(session, customer_ids).items()):
        roles = {*staff.roles, *(place.role for place in before if place.customer_id == customer_id)}
        for place in (Place(customer_id, role) for role in sorted(roles)):
            had = owner_of(before.get(place))
            owner = rules.decide(facts, place.role, had, staff)
            if rules.differs(had, owner):
                rules.account(had, owner, staff)
                changed[place] = owner or Owner(None, None, None)
    return changed, before


def settle(
    session: Session, owners: Mapping[Place, Owner], before: Mapping[Place, CustomerOwner], now: datetime
) -> None:
    """Make these the owners and publish that; segments may ask for them."""
    if owners:
        rows = repository.change(session, owners, before, now)
        marks.publish(session, [changed(row, Origin.LIVE, now) for row in rows], now)


def pin(session: Session, customer_id: UUID, role: str, wanted: Pin, now: datetime) -> AssignmentPeriod:
    """Give a customer to a manager, or into a team's queue, on the word of staff; the period that begins.

    Raises NotFound and Gone for the customer, Invalid for who is not in use.
    """
    place = Place(links.person(session, customer_id).canonical_id, role)
    managers.require(session, wanted.manager_id, "manager_id")
    teams.require(session, wanted.team_id, "team_id")
    repository.lock(session)
    before = repository.present(session, [place.customer_id])
    had = owner_of(before.get(place))
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
