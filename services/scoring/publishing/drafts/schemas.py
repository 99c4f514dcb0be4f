"""Drafts on the wire, the bands as they may be edited, and presets."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.scoring.assessments.schemas import Afresh
from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions.schemas import DimensionsScheme
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.promotions.schemas import PromotionsScheme
from services.scoring.schemes.schemas import Kind, Titles
from services.scoring.signs.schemas import WarningsScheme
from services.scoring.strategies.schemas import StrategiesScheme
from services.scoring.tiers.schemas import TiersScheme
from shared.web.schemas import Body, Code, Out

Marks = Annotated[list[Annotated[float, Field(ge=-1, le=1e12)]], Field(min_length=4, max_length=4)]


class BandsScheme(Body):
    """The marks from which scores 2 to 5 begin: at most so many days since the last order, at least so many orders."""

    days: Marks = Field(examples=[[365, 180, 90, 30]])
    orders: Marks = Field(examples=[[2, 3, 5, 8]])
    spend: Marks = Field(description="In base currency.", examples=[[100, 300, 800, 2000]])
    customers: int = Field(default=0, ge=0, description="How many had ordered when the marks were measured.")
    as_of: date = Field(default=date(2000, 1, 1), description="When that was.")
    fixed: bool = Field(default=True, description="Whether reviews leave the marks as they are.")

    @model_validator(mode="after")
    def _ordered(self) -> "BandsScheme":
        if sorted(self.days, reverse=True) != self.days:
            raise ValueError("days must fall from mark to mark")
        if sorted(self.orders) != self.orders or sorted(self.spend) != self.spend:
            raise ValueError("orders and spend must rise from mark to mark")
        return self


# Under new cuts nobody keeps a level by the margin of the old ones; under new thresholds warnings without reasons end.
AFRESH: Mapping[str, Afresh] = {"dimensions": "levels", "criteria": "levels", "warnings": "warnings"}
CONTENTS: Mapping[str, type[Body]] = {
    "bands": BandsScheme,
    "dimensions": DimensionsScheme,
    "criteria": CriteriaScheme,
    "tiers": TiersScheme,
    "lifecycle": LifecycleScheme,
    "strategies": StrategiesScheme,
    "warnings": WarningsScheme,
    "promotions": PromotionsScheme,
}


class NewDraft(Body):
    """A draft: of a content, of a preset, or, without either, of what is in force."""

    content: dict[str, Any] | None = Field(default=None, examples=[{"power": {"high": 0.9, "low": 0.6}}])
    preset: Code | None = Field(default=None, description="For dimensions: a trade.", examples=["luxury"])

    @model_validator(mode="after")
    def _one_of_them(self) -> "NewDraft":
        if self.content is not None and self.preset is not None:
            raise ValueError("content or preset, not both")
        return self


class DraftPatch(Body):
    """JSON Merge Patch of a draft's content: null takes a value back to its default."""

    content: dict[str, Any]


class DraftOut(Out):
    """A scheme being edited."""

    id: UUID = Field(validation_alias="draft_id")
    kind: Kind
    status: Literal["open", "published", "discarded"]
    content: dict[str, Any]
    version: int
    scheme_version: int | None = Field(description="What it was published as.")
    created_at: datetime
    updated_at: datetime


class PresetOut(Out):
    """What is usual in a trade."""

    code: Code
    titles: Titles
    horizon_days: int = Field(description="H: how long a customer may be silent.")
    value_horizon_days: int = Field(description="Over how many days value is told.")
    high: float = Field(description="From which percentile a dimension is high.")
    low: float
    high_order_value: float | None = Field(description="Power is high only from this order value, in CNY.")


class PresetsOut(Out):
    """All presets."""

    items: list[PresetOut]
