"""Territories over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.territories import repository, usecases
from services.profile.territories.schemas import NewTerritory, TerritoryFilter, TerritoryOut, TerritoryPatch
from services.profile.territories.tables import Territory
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing

router = Router("/territories", tag="Territories")


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[TerritoryOut])
def list_territories(session: ReadSession, page: Page, wanted: Annotated[TerritoryFilter, Depends()]) -> Any:
    """Territories in use, by code."""
    return repository.listed(session, wanted, page)


@router.post("", scope="profile:admin", status_code=201, location="/territories/{id}", response_model=TerritoryOut)
def create_territory(body: NewTerritory, session: WriteSession, now: Now) -> Territory:
    """Add a territory."""
    return usecases.create(session, body, now)


@router.get("/{territory_id}", scope="profile:read", managers=ALL, response_model=TerritoryOut)
def read_territory(territory_id: UUID, session: ReadSession) -> Territory:
    """One territory."""
    return usecases.get(session, territory_id)


@router.patch("/{territory_id}", scope="profile:admin", response_model=TerritoryOut)
def edit_territory(
    territory_id: UUID, body: TerritoryPatch, session: WriteSession, if_match: IfMatch, now: Now
) -> Territory:
    """Change a territory (JSON Merge Patch). Customers move with the next run of the rules."""
    return usecases.edit(session, territory_id, body, if_match, now)


@router.delete("/{territory_id}", scope="profile:admin")
def archive_territory(territory_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a territory out of use."""
    usecases.archive(session, territory_id, now)
