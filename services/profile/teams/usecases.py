"""Keeping teams, and what lies below them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.teams import repository
from services.profile.teams.schemas import NewTeam, TeamPatch
from services.profile.teams.tables import Team
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps


def create(session: Session, body: NewTeam, now: datetime) -> Team:
    """Store a team. Raises Conflict `already_exists` for a code that is or was in use."""
    require(session, body.parent_id, "parent_id")
    row = {"team_id": new_id(), **body.model_dump(), **stamps(now)}
    if not repository.add(session, row):
        raise Conflict("There is or was a team of that code.", code="already_exists")
    return get(session, row["team_id"])


def edit(session: Session, team_id: UUID, patch: TeamPatch, if_match: int, now: datetime) -> Team:
    """Change a team. Raises Invalid when it would come to lie below itself."""
    row = get(session, team_id, locked=True)
    body = patched(row, NewTeam, patch, if_match)
    if body.parent_id != row.parent_id:
        _require_above(session, team_id, body.parent_id)
    return moved_on(session, row, now, **body.model_dump())


def archive(session: Session, team_id: UUID, now: datetime) -> None:
    """Take a team out of use; it stays readable. Raises Conflict `in_use` while something rests on it."""
    row = get(session, team_id, locked=True)
    if row.archived_at is None and (user := repository.user(session, team_id)):
        raise Conflict(f"The {user} rests on it; move or archive that first.", code="in_use")
    archived(session, row, now)


def get(session: Session, team_id: UUID, *, locked: bool = False) -> Team:
    """One team, archived or not; raises NotFound."""
    row = session.get(Team, team_id, with_for_update=locked)
    if row is None:
        raise NotFound("There is no such team.")
    return row


def require(session: Session, team_id: UUID | None, field: str) -> None:
    """Raise Invalid when a body's field names no team in use."""
    row = None if team_id is None else session.get(Team, team_id)
    if team_id is not None and (row is None or row.archived_at is not None):
        raise refused(field, "reference_not_found", "There is no such team in use.")


def in_use(session: Session, team_ids: Collection[UUID]) -> list[UUID]:
    """Of these teams, those in use."""
    return repository.in_use(session, team_ids)


def below(session: Session, team_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Of each team: it and all below it."""
    return repository.below(session, team_ids)


def refused(field: str, code: str, message: str) -> Invalid:
    """The refusal of one field."""
    return Invalid(f"Not valid: {field}.", errors=[FieldError(field, code, message)])


def _require_above(session: Session, team_id: UUID, parent_id: UUID | None) -> None:
    require(session, parent_id, "parent_id")
    repository.lock_tree(session)
    if parent_id in repository.below(session, [team_id])[team_id]:
        raise refused("parent_id", "not_allowed", "A team cannot belong to itself or to a team below it.")
