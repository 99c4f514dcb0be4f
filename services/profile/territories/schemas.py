"""Territories on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.profile.customers.schemas import RegionCode
from shared.web.schemas import Body, Code, Label, Many, Out


class NewTerritory(Body):
    """Regions that are served together."""

    code: Code = Field(examples=["yangtze-delta"])
    name: Label = Field(examples=["长三角"])
    parent_id: UUID | None = Field(default=None, description="The territory it is a part of.")
    regions: list[RegionCode] = Field(
        min_length=1,
        max_length=500,
        description="With all that lies in them, but what another territory names more precisely; of two that name one "
        "region, the first by code has it.",
        examples=[["310000", "330100"]],
    )
    team_id: UUID | None = Field(default=None, description="Who serves it where a rule leaves that to the territory.")


class TerritoryPatch(Body):
    """JSON Merge Patch of a territory: absent stays, null takes back what may be absent."""

    name: Label | None = None
    parent_id: UUID | None = None
    regions: list[RegionCode] | None = Field(default=None, max_length=500)
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TerritoryFilter:
    """Which territories."""

    team_id: Annotated[Many[UUID] | None, Query()] = None
    parent_id: Annotated[Many[UUID] | None, Query(description="Directly below one of these.")] = None


class TerritoryOut(Out):
    """A territory in use, or archived."""

    id: UUID = Field(validation_alias="territory_id")
    code: str = Field(examples=["yangtze-delta"])
    name: str = Field(examples=["长三角"])
    parent_id: UUID | None
    regions: list[str] = Field(examples=[["310000", "330100"]])
    team_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
