"""Keeping territories."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.orm import Session

from services.profile.regions import usecases as regions
from services.profile.teams import usecases as teams
from services.profile.territories import repository
from services.profile.territories.schemas import NewTerritory, TerritoryPatch
from services.profile.territories.tables import Territory
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.web.dependencies import require_version
from shared.web.validation import invalid

FIELDS = tuple(NewTerritory.model_fields)


def create(session: Session, body: NewTerritory, now: datetime) -> Territory:
    """Store a territory. Raises Conflict `already_exists` for a code that is or was in use."""
    _require(session, body)
    stamps = {"version": 1, "created_at": now, "updated_at": now, "archived_at": None}
    row = {"territory_id": new_id(), **body.model_dump(), **stamps}
    if not repository.add(session, row):
        raise Conflict("There is or was a territory of that code.", code="already_exists")
    return get(session, row["territory_id"])


def edit(session: Session, territory_id: UUID, patch: TerritoryPatch, if_match: int, now: datetime) -> Territory:
    """Change a territory by a JSON Merge Patch. Customers move with the next run."""
    row = get(session, territory_id, locked=True)
    require_version(row.version, if_match)
    said = patch.model_dump(exclude_unset=True)
    document = {name: getattr(row, name) for name in FIELDS} | said
    try:
        body = NewTerritory.model_validate({name: value for name, value in document.items() if value is not None})
    except ValidationError as error:
        raise invalid(error.errors(include_input=False, include_url=False)) from None
    _require(session, body)
    if "parent_id" in said:
        _require_above(session, territory_id, body.parent_id)
    for name in said:
        setattr(row, name, getattr(body, name))
    row.version, row.updated_at = row.version + 1, now
    session.flush()
    return row


def archive(session: Session, territory_id: UUID, now: datetime) -> None:
    """Take a territory out of use; it stays readable."""
    row = get(session, territory_id, locked=True)
    if row.archived_at is None:
        row.archived_at, row.updated_at, row.version = now, now, row.version + 1
        session.flush()


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
