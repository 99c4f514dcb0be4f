"""Markets on the wire."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from services.profile.base import deployment
from services.profile.regions.schemas import RegionOut
from shared.contracts.base import Money, Ratio
from shared.money import rounded
from shared.web.schemas import Body, Day, Label, Out

Amount = Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 14, decimal_places=4)]
People = Annotated[int, Field(ge=0, le=2 * 10**9)]


class Competitor(Body):
    """Somebody else in the market, and the share they hold."""

    name: Label = Field(examples=["West Lake Tea House"])
    share: Ratio | None = Field(default=None, examples=[0.12])


class NewFacts(Body):
    """The market on a day; another day's facts stay."""

    as_of: Day = Field(examples=["2026-11-01"])
    households: People | None = Field(default=None, examples=[3_200_000])
    firms: People | None = None
    market_size: Amount | None = Field(default=None, description="Of a year, base currency.", examples=["52000000.00"])
    competitors: list[Competitor] = Field(default=[], max_length=50)


class NewStrategy(Body):
    """What to do in a region, who sees to it, and when to look again."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=5000)] = Field(examples=["先做杭州三个区"])
    owner_id: UUID | None = Field(default=None, description="A manager.")
    review_on: Day | None = Field(default=None, examples=["2027-03-01"])


class CompetitorOut(Out):
    """Somebody else in the market."""

    name: str
    share: float | None


class FactsOut(Out):
    """The market on a day."""

    code: str = Field(examples=["330100"])
    as_of: date
    households: int | None
    firms: int | None
    market_size: Money | None = Field(description="Of a year, base currency.", examples=["52000000.00"])
    competitors: list[CompetitorOut]

    @field_validator("market_size")
    @classmethod
    def _as_money(cls, value: Decimal | None) -> Decimal | None:
        return None if value is None else rounded(value, deployment().base_currency)


class StrategyOut(Out):
    """What the merchant means to do."""

    code: str = Field(examples=["330100"])
    note: str
    owner_id: UUID | None
    review_on: date | None
    version: int
    updated_at: datetime


class MarketOut(RegionOut):
    """A region with the newest facts about its market and the strategy for it."""

    facts: FactsOut | None
    strategy: StrategyOut | None
