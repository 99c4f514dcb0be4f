"""Organisations on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints, field_validator

from services.profile.customers.schemas import RegionCode, SizeBand
from services.profile.identities.schemas import Identities
from services.profile.personal.rules import masked_field
from shared.web.schemas import Body, Code, Day, Label, Many, Out

Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class OrganisationFields(Body):
    """What is known of an organisation. Absent = unchanged, null = taken back."""

    region: RegionCode | None = Field(default=None, description="GB/T 2260 or ISO 3166-2.", examples=["310000"])
    city: Label | None = None
    address: Address | None = None
    industry: Code | None = Field(default=None, description="GB/T 4754 or the merchant's own.", examples=["H61"])
    size_band: SizeBand | None = Field(default=None, description="How many work there.")
    renewal_at: Day | None = Field(
        default=None, description="The day the contract is renewed.", examples=["2027-01-01"]
    )


class NewOrganisation(OrganisationFields):
    """An organisation nobody knows yet."""

    name: Name = Field(examples=["West Lake Hotels"])
    source: Label = Field(default="api", examples=["crm"])
    identities: Identities = []


class OrganisationPatch(OrganisationFields):
    """JSON Merge Patch of an organisation."""

    name: Name | None = Field(default=None, examples=["West Lake Hotels"])

    @field_validator("name")
    @classmethod
    def _is_named(cls, value: str | None) -> str:
        if value is None:
            raise ValueError("an organisation has a name")
        return value


class FactState(Out):
    """The latest that is known of one kind."""

    value: int | float | str
    as_of: date


class OrganisationOut(Out):
    """An organisation. Name and address are masked without `profile:pii`."""

    id: UUID
    number: str = Field(examples=["C-2026-000123"])
    name: str | None
    region: str | None
    city: str | None
    address: str | None
    industry: str | None
    size_band: str | None
    renewal_at: date | None
    facts: dict[str, FactState] = Field(description="The latest of each kind.")
    tags: list[str]
    version: int
    created_at: datetime
    archived_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any], *, pii: bool) -> "OrganisationOut":
        """As this caller may see it."""
        shown = dict(row) if pii else {name: masked_field(name, value) for name, value in row.items()}
        return cls.model_validate(shown | {"id": row["customer_id"]})


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """Which organisations; several values by comma."""

    industry: Annotated[Many[Code] | None, Query()] = None
    size_band: Annotated[Many[SizeBand] | None, Query()] = None
    region: Annotated[Many[RegionCode] | None, Query()] = None
    renewal_from: Annotated[Day | None, Query()] = None
    renewal_to: Annotated[Day | None, Query(description="Excluded.")] = None
    member_id: Annotated[UUID | None, Query(description="To which this customer belongs.")] = None
