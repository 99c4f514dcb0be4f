"""Keeping territories."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.regions import usecases as regions
from services.profile.teams import usecases as teams
from services.profile.territories import repository
from services.profile.territories.schemas import NewTerritory, TerritoryPatch
from services.profile.territories.tables import Territory
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps


def create(session: Session, body: NewTerritory, now: datetime) -> Territory:
    """Store a territory. Raises Conflict `already_exists` for a code that is or was in use."""
    _require(session, body)
    row = {"territory_id": new_id(), **body.model_dump(), **stamps(now)}
    if not repository.add(session, row):
        raise Conflict("There is or was a territory of that code.", code="already_exists")
    return get(session, row["territory_id"])


def edit(session: Session, territory_id: UUID, patch: TerritoryPatch, if_match: int, now: datetime) -> Territory:
    """Change a territory by a JSON Merge Patch. Customers move with the next run."""
    row = get(session, territory_id, locked=True)
    body = patched(row, NewTerritory, patch, if_match)
    _require(session, body)
    if body.parent_id != row.parent_id:
        _require_above(session, territory_id, body.parent_id)
    return moved_on(session, row, now, **body.model_dump())


def archive(session: Session, territory_id: UUID, now: datetime) -> None:
    """Take a territory out of use; it stays readable."""
    archived(session, get(session, territory_id, locked=True), now)


def get(session: Session, territory_id: UUID, *, locked: bool = False) -> Territory:
    """One territory, archived or not; raises NotFound."""
    row = session.get(Territory, territory_id, with_for_update=locked)
    if row is None:
        raise NotFound("There is no such territory.")
    return row


def in_use(session: Session) -> Sequence[Territory]:
    """All territories that are not archived, by code."""
    return repository.in_use(session)


def _require(session: Session, body: NewTerritory) -> None:
    regions.require(session, body.regions, "regions")
    teams.require(session, body.team_id, "team_id")
    parent = None if body.parent_id is None else session.get(Territory, body.parent_id)
    if body.parent_id is not None and (parent is None or parent.archived_at is not None):
        raise teams.refused("parent_id", "reference_not_found", "There is no such territory in use.")


def _require_above(session: Session, territory_id: UUID, parent_id: UUID | None) -> None:
    repository.lock_tree(session)
    if parent_id in repository.subtrees(session, [territory_id]):
        raise teams.refused("parent_id", "not_allowed", "A territory cannot be a part of itself.")
