"""Customers as callers see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.profile.assignments.schemas import PeriodOut
from services.profile.consents.schemas import ConsentOut
from services.profile.identities.schemas import IdentityOut
from services.profile.personal.rules import masked_field
from services.profile.segments.evaluations.schemas import MembershipOut
from services.profile.timeline.schemas import EntryOut
from shared.web.schemas import Body, Code, Instant, Label, Many, Out


class CustomerBrief(Out):
    """A customer in a list: masked unless the caller has `profile:pii`."""

    id: UUID = Field(examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])
    number: str = Field(examples=["C-2026-000123"])
    status: str
    kind: str
    name: str | None = Field(examples=["王**"])
    registered_at: datetime
    source: str
    region: str | None
    city: str | None
    gender: str | None
    age_band: str | None
    channels: list[str]
    tags: list[str]
    version: int

    @classmethod
    def of(cls, row: Mapping[str, Any], *, pii: bool) -> "CustomerBrief":
        """As this caller may see it."""
        return cls.model_validate(_shown(row, pii=pii))


class CustomerOut(CustomerBrief):
    """A customer's whole record, of the id that it counts as."""

    canonical_id: UUID = Field(description="The id this record is of; another than asked for after a merge.")
    linked_ids: list[UUID] = Field(description="All ids that count as this customer.")
    household_id: UUID | None
    birthday: dict[str, Any] | None = Field(examples=[{"calendar": "solar", "month": 5, "day": 20, "leap": False}])
    birth_year: str | None
    address: str | None
    locale: str
    time_zone: str
    preferred_channel: str | None
    contact_hours: list[str]
    influence: dict[str, Any]
    income_band: str | None
    industry: str | None
    size_band: str | None
    renewal_at: date | None
    facts: dict[str, Any] = Field(description="Of an organisation, the latest of each kind.")
    attributes: dict[str, Any] = Field(description="Of the declared ones.", examples=[{"shoe_size": "38"}])
    occupation: str | None
    interests: list[str]
    lifestyle: list[str]
    first_touch: dict[str, Any] | None
    last_touch: dict[str, Any] | None
    identities: list[IdentityOut]
    created_at: datetime

    @classmethod
    def whole(
        cls, row: Mapping[str, Any], linked: Sequence[UUID], identities: Sequence[Mapping[str, Any]], *, pii: bool
    ) -> "CustomerOut":
        """As this caller may see it."""
        known = [IdentityOut.of(one, pii=pii) for one in identities]
        return cls.model_validate(
            _shown(row, pii=pii) | {"canonical_id": row["customer_id"], "linked_ids": linked, "identities": known}
        )


def _shown(row: Mapping[str, Any], *, pii: bool) -> dict[str, Any]:
    shown = row if pii else {name: masked_field(name, value) for name, value in row.items()}
    return {**shown, "id": row["customer_id"], "attributes": row["attributes"] | shown["private_attributes"]}


class OwnRecord(Out):
    """What customers see of their own record."""

    id: UUID = Field(examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])
    number: str = Field(examples=["C-2026-000123"])
    registered_at: datetime
    name: str | None
    birthday: dict[str, Any] | None
    birth_year: str | None
    gender: str | None
    address: str | None
    region: str | None
    city: str | None
    locale: str
    time_zone: str
    preferred_channel: str | None
    contact_hours: list[str]
    occupation: str | None
    interests: list[str]
    lifestyle: list[str]
    identities: list[IdentityOut]
    version: int

    @classmethod
    def of(cls, whole: CustomerOut) -> "OwnRecord":
        """Their part of the whole record."""
        return cls.model_validate(whole.model_dump(include=set(cls.model_fields)))


class CustomerBatch(Body):
    """Up to 500 customers, each as for `POST /customers`; each is accepted or refused by itself."""

    items: list[Any] = Field(min_length=1, max_length=500)


class Count(Out):
    """How many there are."""

    count: int


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers; several values by comma."""

    tag: Annotated[Many[Label] | None, Query(description="With one of these tags.")] = None
    region: Annotated[Many[Code] | None, Query(description="In one of these regions, at any depth.")] = None
    source: Annotated[Many[Label] | None, Query()] = None
    manager_id: Annotated[Many[UUID] | None, Query(description="Whom one of these looks after, in any role.")] = None
    registered_from: Annotated[Instant | None, Query()] = None
    registered_to: Annotated[Instant | None, Query(description="Excluded.")] = None
    segment_id: Annotated[Many[UUID] | None, Query(description="Who is in one of these segments.")] = None
    q: Annotated[str | None, Query(max_length=64, pattern=r"\S", description="A name; needs `profile:pii`.")] = None


class ProfileParts(Out):
    """Profile's parts of the 360 answer."""

    customer: CustomerOut
    consents: list[ConsentOut]
    segments: list[MembershipOut]
    assignments: list[PeriodOut]
    timeline: list[EntryOut]
