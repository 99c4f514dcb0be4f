"""Keeping account managers and their absences."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.managers import repository
from services.profile.managers.rules import is_away
from services.profile.managers.schemas import Absence, ManagerPatch, NewManager, Presence, StaffAsked, StaffKnown
from services.profile.managers.tables import Manager
from services.profile.regions import usecases as regions
from services.profile.teams import usecases as teams
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps

PRESENT = dict.fromkeys(("absent_from", "absent_until", "absence_due_at"))


def create(session: Session, body: NewManager, now: datetime) -> Manager:
    """Store a manager. Raises Conflict `already_exists` for a code that is or was in use."""
    _require(session, body)
    row = {"manager_id": new_id(), **body.model_dump(), **PRESENT, **stamps(now)}
    if not repository.add(session, row):
        raise Conflict("There is or was a manager of that code.", code="already_exists")
    return get(session, row["manager_id"])


def edit(session: Session, manager_id: UUID, patch: ManagerPatch, if_match: int, now: datetime) -> Manager:
    """Change a manager by a JSON Merge Patch. Customers stay with them until the next run."""
    row = get(session, manager_id, locked=True)
    body = patched(row, NewManager, patch, if_match)
    _require(session, body)
    return moved_on(session, row, now, **body.model_dump())


def be_away(session: Session, manager_id: UUID, absence: Absence, now: datetime) -> Manager:
    """Say when a manager is away, or no longer; customers are looked at when it begins and when it ends."""
    row = get(session, manager_id, locked=True)
    return moved_on(session, row, now, **absence.model_dump(), absence_due_at=absence.absent_from or now)


def archive(session: Session, manager_id: UUID, now: datetime) -> None:
    """Take a manager out of use; their customers, pinned ones too, are given to others.

    Raises Conflict `in_use` while a rule names them: it would go on to match, and give customers to nobody.
    """
    row = get(session, manager_id, locked=True)
    if row.archived_at is None and (rule := repository.naming(session, manager_id)):
        raise Conflict(f"The assignment rule {rule} names them; change or archive that first.", code="in_use")
    archived(session, row, now, absence_due_at=now)


def get(session: Session, manager_id: UUID, *, locked: bool = False) -> Manager:
    """One manager, archived or not; raises NotFound."""
    row = session.get(Manager, manager_id, with_for_update=locked)
    if row is None:
        raise NotFound("There is no such manager.")
    return row


def scope(session: Session, manager_id: UUID) -> list[UUID]:
    """The teams whose customers a manager sees besides the own ones: what they lead, and all below. Raises NotFound."""
    row = get(session, manager_id)
    if row.archived_at is not None:
        raise NotFound("There is no such manager in use.")
    return sorted(teams.below(session, [row.team_id])[row.team_id]) if row.leads else []


def known(session: Session, asked: StaffAsked) -> StaffKnown:
    """Of these managers and teams, those in use."""
    managers = repository.present(session, asked.manager_ids)
    return StaffKnown(
        managers=[Presence.model_validate(one) for one in managers], team_ids=teams.in_use(session, asked.team_ids)
    )


def require(session: Session, manager_id: UUID | None, field: str) -> None:
    """Raise Invalid when a body's field names no manager in use."""
    row = None if manager_id is None else session.get(Manager, manager_id)
    if manager_id is not None and (row is None or row.archived_at is not None):
        raise teams.refused(field, "reference_not_found", "There is no such manager in use.")


def require_there(session: Session, manager_id: UUID, field: str, now: datetime) -> None:
    """Raise Invalid when a body's field names a manager who is away now, for callers who may say that it is meant."""
    row = get(session, manager_id)
    if is_away(row.absent_from, row.absent_until, now):
        until = f"until {row.absent_until:%Y-%m-%dT%H:%MZ}" if row.absent_until else "until further notice"
        message = f"They are away {until}: name somebody else, or say `although_absent` where it is meant."
        raise teams.refused(field, "not_allowed", message)


def _require(session: Session, body: NewManager) -> None:
    teams.require(session, body.team_id, "team_id")
    regions.require(session, body.regions, "regions")


def in_use(session: Session) -> dict[UUID, Any]:
    """All managers who are not archived, by id, without their names."""
    return repository.in_use(session)
