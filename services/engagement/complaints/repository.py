"""Statements about complaints and their steps."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, func, literal, or_, select, update
from sqlalchemy.orm import Session

from services.engagement.complaints.schemas import OPEN, ComplaintFilter
from services.engagement.complaints.tables import Complaint, ComplaintStep
from shared import ownership
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.db import among
from shared.errors import NotFound
from shared.messaging.republish import Selection
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

NEVER = literal(datetime(9999, 1, 1, tzinfo=UTC), DateTime(timezone=True))
SORTS: Mapping[str, Sequence[Any]] = {
    "opened_at": (Complaint.opened_at, Complaint.complaint_id),
    "due_at": (func.coalesce(Complaint.due_at, NEVER), Complaint.complaint_id),
    "severity": (Complaint.severity, Complaint.complaint_id),
    "number": (Complaint.number,),
}
STEP_SORTS = {"at": (ComplaintStep.at, ComplaintStep.step_id)}
DISPUTED = Complaint.dispute_body.is_not(None) & Complaint.dispute_outcome.is_(None)


def get(
    session: Session, complaint_id: UUID, caller: Caller, people: Collection[UUID] | None, *, locked: bool = False
) -> Complaint:
    """One complaint, if the caller may see it, and only of these people where they are given; raises NotFound."""
    found = session.get(Complaint, complaint_id, with_for_update=locked or None, populate_existing=locked)
    if found is None or (people is not None and found.customer_id not in people):
        raise NotFound("There is no such complaint, or it is not yours.")
    if caller.manager_id not in (None, found.owner_id) and found.team_id not in caller.team_ids:
        ownership.require(session, caller, found.customer_id)
    return found


def locked(session: Session, complaint_ids: Collection[UUID]) -> Sequence[Complaint]:
    """Complaints under lock, in one order, so that nobody waits for another in a circle."""
    wanted = select(Complaint).where(among(Complaint.complaint_id, complaint_ids)).order_by(Complaint.complaint_id)
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def listed(
    session: Session, page: PageRequest, wanted: ComplaintFilter, caller: Caller, people: Collection[UUID] | None
) -> Listing[Complaint]:
    """Complaints as far as the caller may see; of these people only where they are given."""
    statement = _filtered(select(Complaint), wanted, caller, people)
    return paginate(session, statement, page, SORTS, default="-opened_at")


def count(session: Session, wanted: ComplaintFilter, caller: Caller, people: Collection[UUID] | None) -> int:
    """How many of them there are."""
    found: int = session.scalars(_filtered(select(func.count(Complaint.complaint_id)), wanted, caller, people)).one()
    return found


def steps(session: Session, complaint_id: UUID, page: PageRequest) -> Listing[ComplaintStep]:
    """What was done to a complaint, in order."""
    wanted = select(ComplaintStep).where(ComplaintStep.complaint_id == complaint_id)
    return paginate(session, wanted, page, STEP_SORTS, default="at")


def latest(
    session: Session, customer_ids: Collection[UUID], limit: int, caller: Caller = PUBLIC_CALLER
) -> Sequence[Complaint]:
    """Complaints of these customer ids that are not settled, newest first, as far as the caller may see them."""
    wanted = select(Complaint).where(among(Complaint.customer_id, customer_ids), Complaint.status.in_(OPEN))
    newest = wanted.where(*_seen(caller)).order_by(Complaint.opened_at.desc(), Complaint.complaint_id)
    return session.scalars(newest.limit(limit)).all()


def owner(session: Session, customer_id: UUID, roles: Sequence[str]) -> CustomerOwner | None:
    """Who looks after a canonical customer, in the first of these roles that somebody has."""
    wanted = select(CustomerOwner).where(CustomerOwner.customer_id == customer_id, among(CustomerOwner.role, roles))
    found = [one for one in session.scalars(wanted) if one.manager_id or one.team_id]
    return min(found, key=lambda one: roles.index(one.role), default=None)


def look_again(session: Session, complaint_ids: Collection[UUID], at: datetime) -> None:
    """Let complaints be looked at."""
    marked = update(Complaint).where(among(Complaint.complaint_id, complaint_ids)).values(look_at=at)
    session.execute(marked.execution_options(synchronize_session=False))


def told(session: Session, selection: Selection) -> Sequence[Complaint]:
    """A page of complaints by id, for telling them again."""
    whose, changed = Complaint.customer_id, Complaint.updated_at
    page = selection.narrowed(select(Complaint), Complaint.complaint_id, customer_id=whose, changed_at=changed)
    return session.scalars(page).all()


def below(category: Collection[str]) -> ColumnElement[bool]:
    """Whether a complaint is of one of these categories, or of one that stands below."""
    under = [Complaint.category.startswith(f"{one}.", autoescape=True) for one in category]
    return or_(among(Complaint.category, category), *under)


def _filtered(
    statement: Select[Any], wanted: ComplaintFilter, caller: Caller, people: Collection[UUID] | None
) -> Select[Any]:
    conditions = [*_seen(caller), *_plain(wanted), Complaint.archived_at.is_(None)]
    if people is not None:
        conditions.append(among(Complaint.customer_id, people))
    if wanted.status is not None:
        statuses = [part for one in wanted.status for part in (OPEN if one == "open" else (one,))]
        conditions.append(among(Complaint.status, statuses))
    if wanted.owner_id is not None:
        conditions.append(among(Complaint.owner_id, [caller.manager_id if o == "me" else o for o in wanted.owner_id]))
    for asked, holds in (
        (wanted.breached, func.jsonb_array_length(Complaint.breached) > 0),
        (wanted.escalated, Complaint.escalated_to.is_not(None)),
        (wanted.disputed, DISPUTED),
    ):
        if asked is not None:
            conditions.append(holds if asked else ~holds)
    return statement.where(*conditions)


def _plain(wanted: ComplaintFilter) -> list[ColumnElement[bool]]:
    filters: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (wanted.severity, lambda some: among(Complaint.severity, some)),
        (wanted.category, below),
        (wanted.channel, lambda some: among(Complaint.channel, some)),
        (wanted.due_to, lambda at: Complaint.due_at < at),
        (wanted.opened_from, lambda at: Complaint.opened_at >= at),
        (wanted.opened_to, lambda at: Complaint.opened_at < at),
    ]
    return [holds(value) for value, holds in filters if value is not None]


def _seen(caller: Caller) -> list[ColumnElement[bool]]:
    """A manager sees what they have, what their teams have, and what their customers complain about."""
    if caller.manager_id is None:
        return []
    theirs = ownership.narrowed(select(Complaint.complaint_id), Complaint.customer_id, caller)
    return [
        or_(
            Complaint.owner_id == caller.manager_id,
            among(Complaint.team_id, caller.team_ids),
            Complaint.complaint_id.in_(theirs),
        )
    ]
