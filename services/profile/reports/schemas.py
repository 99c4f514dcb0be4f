"""Reports on the wire; amounts in base currency."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.profile.customers.schemas import RegionCode
from services.profile.regions.schemas import RegionTitles
from shared.contracts.base import Money, Number
from shared.web.schemas import Many, Out

Regions = Annotated[Many[RegionCode] | None, Query(description="Customers in one of these only, at any depth.")]
Teams = Annotated[Many[UUID] | None, Query(description="Managers of these teams only.")]


class ValueMix(Out):
    """Customers by value class."""

    key: int
    high: int
    medium: int
    low: int
    unknown: int


class RegionRow(Out):
    """One region: its customers, what they brought, and how that stands to the market."""

    code: str = Field(examples=["330100"])
    titles: RegionTitles
    customers: int
    registered: int = Field(description="Of them, those who came in the time asked for.")
    active: int = Field(description="Of them, those who ordered in that time.")
    revenue: Number
    revenue_before: Number = Field(description="In a span of the same length before.")
    growth: float | None = Field(description="Of the revenue; null without revenue before.")
    values: ValueMix
    uncovered: int = Field(description="Key customers without an account manager.")
    facts_of: date | None
    penetration: float | None = Field(description="Customers by household; by firm where only firms are known.")
    share: float | None = Field(description="Of the market: the revenue, carried forward to a year.")
    potential: Number | None = Field(description="What of a year's market is not ours yet.")
    strategy_review_on: date | None


class RegionReport(Out):
    """The regions directly under one, or the provinces."""

    region: str | None
    first: date = Field(alias="from")
    until: date = Field(alias="to", description="Excluded.")
    currency: str
    items: list[RegionRow]


class WorkloadRow(Out):
    """A manager: what they hold and what it may bring."""

    manager_id: UUID
    code: str = Field(examples=["E-1042"])
    team_id: UUID
    away: bool
    capacity: int | None
    customers: int
    key_customers: int
    high_customers: int
    expected: Money = Field(description="What all of them are expected to bring in twelve months.")
    currency: str = Field(examples=["CNY"])
    load: float | None = Field(description="Customers by capacity.")


class UncoveredRow(Out):
    """A key customer whom no account manager has."""

    customer_id: UUID
    number: str = Field(examples=["C-2026-000123"])
    region: str | None
    tier: str | None
    team_id: UUID | None = Field(description="In whose queue they wait.")
    expected: Money | None = Field(description="What they are expected to bring in twelve months.")
    currency: str = Field(examples=["CNY"])
