"""The scheme of dimensions, and dimensions on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field, model_validator

from services.scoring.dimensions.declared.schemas import MOST, Declared
from services.scoring.horizons.schemas import Days, HorizonsScheme
from services.scoring.schemes.schemas import Titles
from shared.contracts.base import Ratio
from shared.web.schemas import Body, Code, Many, Out

Level = Literal["high", "medium", "low", "unknown"]
Name = Literal["power", "frequency", "potential", "satisfaction", "loyalty", "churn"]
NAMES: tuple[Name, ...] = ("power", "frequency", "potential", "satisfaction", "loyalty", "churn")


class Cuts(Body):
    """From where a dimension is high and from where it is medium; percentiles, or the value where it is absolute."""

    on: bool = True
    high: Ratio = 0.8
    low: Ratio = 0.4

    @model_validator(mode="after")
    def _ordered(self) -> "Cuts":
        if self.low >= self.high:
            raise ValueError("low must lie below high")
        return self


class DimensionsScheme(HorizonsScheme):
    """How customers are told apart by dimension, and H; `horizon_days` null = measured from all gaps of purchases."""

    preset: Code | None = None
    value_horizon_days: Days = 365
    margin: Ratio = Field(default=0.05, description="How far below a cut a level is kept, so that none flickers.")
    high_order_value: float | None = Field(default=None, ge=0, description="Power is high only from this order value.")
    power: Cuts = Cuts()
    frequency: Cuts = Cuts()
    potential: Cuts = Cuts()
    satisfaction: Cuts = Cuts(high=0.8, low=0.5)
    loyalty: Cuts = Cuts()
    churn: Cuts = Cuts(high=0.7, low=0.4)
    declared: list[Declared] = Field(default=[], max_length=MOST, description="Dimensions of the merchant's own.")

    @model_validator(mode="after")
    def _distinct(self) -> "DimensionsScheme":
        if len({one.code for one in self.declared}) < len(self.declared):
            raise ValueError("no two dimensions may have one code")
        return self

    def cuts(self, name: Name) -> Cuts:
        """The cuts of a dimension."""
        found: Cuts = getattr(self, name)
        return found


class ReasonOut(Out):
    """One piece of evidence behind a level: 0 is the least, 1 the most there is."""

    code: str = Field(examples=["order_value"])
    score: float
    effect: Literal["raises", "lowers"]


class DimensionOut(Out):
    """Where a customer stands in one dimension."""

    level: Level
    titles: Titles | None = Field(default=None, description="Of a declared dimension.")
    value: float | None = Field(description="0 to 1: a mean of the evidence, or the probability for churn.")
    percentile: float | None = Field(description="Share of customers below; null where nobody is compared.")
    threshold: float | None = Field(description="The cut that the level stands on, as it is graded.")
    evidence: int = Field(description="How many orders, answers or other facts stand behind it.")
    confidence: float
    reasons: list[ReasonOut]


class DimensionsOut(Out):
    """The six dimensions of one customer, and those declared."""

    customer_id: UUID
    as_of: datetime
    scheme_version: int = Field(
        description="The newest of the schemes by which a level was decided; of who has none, the newest in force.",
        examples=[12],
    )
    dimensions: dict[str, DimensionOut]


@dataclass(frozen=True, slots=True)
class DistributionFilter:
    """Of whom a distribution shall be; several values by comma."""

    segment_id: Annotated[Many[UUID] | None, Query(description="In any of these segments.")] = None
    region: Annotated[Many[Code] | None, Query()] = None
    tier: Annotated[Many[Code] | None, Query()] = None


class DistributionOut(Out):
    """How many customers have each level, or each pair of levels."""

    by: list[str] = Field(examples=[["power", "churn"]])
    items: list[dict[str, str | int | None]] = Field(examples=[[{"power": "high", "churn": "low", "customers": 120}]])
