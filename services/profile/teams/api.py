"""Teams over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.profile.teams import repository, usecases
from services.profile.teams.schemas import NewTeam, TeamOut, TeamPatch
from services.profile.teams.tables import Team
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing, Many

router = Router("/teams", tag="Teams")
Parents = Annotated[Many[UUID] | None, Query(description="Directly below one of these.")]


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[TeamOut])
def list_teams(session: ReadSession, page: Page, parent_id: Parents = None) -> Any:
    """Teams in use, by code."""
    return repository.listed(session, page, parent_id)


@router.post("", scope="profile:admin", status_code=201, location="/teams/{id}", response_model=TeamOut)
def create_team(body: NewTeam, session: WriteSession, now: Now) -> Team:
    """Add a team."""
    return usecases.create(session, body, now)


@router.get("/{team_id}", scope="profile:read", managers=ALL, response_model=TeamOut)
def read_team(team_id: UUID, session: ReadSession) -> Team:
    """One team."""
    return usecases.get(session, team_id)


@router.patch("/{team_id}", scope="profile:admin", response_model=TeamOut)
def edit_team(team_id: UUID, body: TeamPatch, session: WriteSession, if_match: IfMatch, now: Now) -> Team:
    """Change a team (JSON Merge Patch). Who leads it sees the customers of the teams below it at once."""
    return usecases.edit(session, team_id, body, if_match, now)


@router.delete("/{team_id}", scope="profile:admin")
def archive_team(team_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a team out of use. 409 `in_use` while managers, teams, territories, rules or customers are left with it."""
    usecases.archive(session, team_id, now)
