"""Assignment rules on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field, model_validator

from services.profile.customers.schemas import RegionCode
from shared.web.schemas import Body, Code, Label, Many, Out

Method = Literal["round_robin", "least_loaded"]
ValueClass = Literal["key", "high", "medium", "low"]
ROLE = "account_manager"
Role = Annotated[Code, Field(description="What the owner is to the customer.", examples=[ROLE])]


class NewRule(Body):
    """Who gets which customers. All conditions must hold; an empty one holds for everybody."""

    code: Code = Field(examples=["key-east"])
    name: Label = Field(examples=["华东重点客户"])
    role: Role = ROLE
    priority: int = Field(ge=0, le=1000, description="Of several that match, the higher one decides.", examples=[100])
    regions: list[RegionCode] = Field(default=[], max_length=500, examples=[["310000", "330000"]])
    tiers: list[Code] = Field(default=[], max_length=50, examples=[["gold"]])
    value_classes: list[ValueClass] = Field(default=[], max_length=4, examples=[["key"]])
    segment_ids: list[UUID] = Field(default=[], max_length=50, description="In one of these published segments.")
    manager_id: UUID | None = Field(default=None, description="Who gets them; else the team.")
    team_id: UUID | None = Field(default=None, description="Whose managers, below it too; else the territory's team.")
    method: Method = Field(default="least_loaded", description="Whose turn it is among those who are there and free.")

    @model_validator(mode="after")
    def _one_target(self) -> "NewRule":
        if self.manager_id is not None and self.team_id is not None:
            raise ValueError("give a manager or a team, not both")
        return self


class RulePatch(Body):
    """JSON Merge Patch of a rule: absent stays, null takes back what may be absent."""

    name: Label | None = None
    priority: int | None = None
    regions: list[RegionCode] | None = Field(default=None, max_length=500)
    tiers: list[Code] | None = Field(default=None, max_length=50)
    value_classes: list[ValueClass] | None = Field(default=None, max_length=4)
    segment_ids: list[UUID] | None = Field(default=None, max_length=50)
    manager_id: UUID | None = None
    team_id: UUID | None = None
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """Which rules."""

    role: Annotated[Many[Code] | None, Query()] = None
    team_id: Annotated[Many[UUID] | None, Query()] = None
    manager_id: Annotated[Many[UUID] | None, Query()] = None


class RuleOut(Out):
    """A rule in use, or archived."""

    id: UUID = Field(validation_alias="rule_id")
    code: str = Field(examples=["key-east"])
    name: str = Field(examples=["华东重点客户"])
    role: str = Field(examples=[ROLE])
    priority: int
    regions: list[str]
    tiers: list[str]
    value_classes: list[str]
    segment_ids: list[UUID]
    manager_id: UUID | None
    team_id: UUID | None
    method: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
