"""Account managers on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints, model_validator

from services.profile.customers.schemas import LocaleCode, RegionCode
from services.profile.managers.tables import Manager
from services.profile.personal.rules import masked_name
from shared.web.schemas import Body, Code, Instant, Many, Out

Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Capacity = Annotated[int, Field(ge=0, le=1_000_000)]


class NewManager(Body):
    """An account manager."""

    code: Code = Field(description="Such as the staff number.", examples=["E-1042"])
    name: Name = Field(examples=["李雷"])
    team_id: UUID
    leads: bool = Field(default=False, description="Leads the team: sees the customers of it and of all below it.")
    capacity: Capacity | None = Field(default=None, description="Customers at most; null = no limit.", examples=[200])
    regions: list[RegionCode] = Field(default=[], max_length=200, description="Where; empty = everywhere.")
    languages: list[LocaleCode] = Field(default=[], max_length=20, description="Empty = any.", examples=[["zh-CN"]])


class ManagerPatch(Body):
    """JSON Merge Patch of a manager: absent stays, null takes back what may be absent."""

    name: Name | None = None
    team_id: UUID | None = None
    leads: bool | None = None
    capacity: Capacity | None = None
    regions: list[RegionCode] | None = Field(default=None, max_length=200)
    languages: list[LocaleCode] | None = Field(default=None, max_length=20)


class Absence(Body):
    """When a manager is away; `absent_from` null = not at all."""

    absent_from: Instant | None = Field(examples=["2026-12-01T00:00:00Z"])
    absent_until: Instant | None = Field(default=None, description="Excluded; null = until further notice.")

    @model_validator(mode="after")
    def _a_span(self) -> "Absence":
        if self.absent_until is not None and (self.absent_from is None or self.absent_until <= self.absent_from):
            raise ValueError("absent_until must lie after absent_from")
        return self


@dataclass(frozen=True, slots=True)
class ManagerFilter:
    """Which managers."""

    team_id: Annotated[Many[UUID] | None, Query()] = None
    leads: Annotated[bool | None, Query()] = None
    region: Annotated[Many[RegionCode] | None, Query(description="Who serve in one of these, or everywhere.")] = None


class ScopeOut(Out):
    """Whose customers a manager sees besides the own ones."""

    team_ids: list[UUID]


class StaffAsked(Body):
    """Managers and teams that another service means."""

    manager_ids: list[UUID] = Field(default=[], max_length=200)
    team_ids: list[UUID] = Field(default=[], max_length=200)


class Presence(Out):
    """When a manager in use is away."""

    manager_id: UUID
    team_id: UUID
    absent_from: datetime | None
    absent_until: datetime | None


class StaffKnown(Out):
    """Of the managers and teams that were asked for, those in use."""

    managers: list[Presence]
    team_ids: list[UUID]


class ManagerOut(Out):
    """A manager in use, or archived; the name masked unless the caller has `profile:pii`."""

    id: UUID
    code: str = Field(examples=["E-1042"])
    name: str = Field(examples=["李*"])
    team_id: UUID
    leads: bool
    capacity: int | None = Field(examples=[200])
    regions: list[str]
    languages: list[str]
    absent_from: datetime | None
    absent_until: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

    @classmethod
    def of(cls, row: Manager, *, pii: bool) -> "ManagerOut":
        """As this caller may see it."""
        own: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if name not in ("id", "name")}
        return cls(id=row.manager_id, name=row.name if pii else masked_name(row.name) or "", **own)
