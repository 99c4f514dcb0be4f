"""Teams on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Body, Code, Label, Out


class NewTeam(Body):
    """A team and the one it belongs to."""

    code: Code = Field(examples=["east"])
    name: Label = Field(examples=["华东"])
    parent_id: UUID | None = None


class TeamPatch(Body):
    """JSON Merge Patch of a team; `parent_id` null makes it stand alone."""

    name: Label | None = None
    parent_id: UUID | None = None


class TeamOut(Out):
    """A team in use, or archived."""

    id: UUID = Field(validation_alias="team_id")
    code: str = Field(examples=["east"])
    name: str = Field(examples=["华东"])
    parent_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
