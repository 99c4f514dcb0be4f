"""Product rules on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.scoring.baskets.tables import Level
from shared.web.schemas import Body, Out

Share = Field(gt=0, le=1, examples=[0.45])


class NewMining(Body):
    """What to mine. What is not given is chosen so that it suits: rarer sets among products than among categories."""

    level: Level | None = Field(default=None, description="Null = products and categories.")
    min_support: float | None = Field(default=None, ge=0.0001, le=1, description="Least share of baskets with all.")
    min_confidence: float = Field(default=0.1, gt=0, le=1, description="Least share of baskets in which it follows.")
    window_days: int = Field(default=365, ge=1, le=3650, description="How far back orders are read.")


class RuleOut(Out):
    """Baskets with all of `items` also hold `consequent`: how many, and how much oftener than by chance (`lift`)."""

    level: Level
    items: list[str] = Field(examples=[["pasta"]])
    consequent: str = Field(examples=["pasta-sauce"])
    baskets: int = Field(description="How many hold all of them.")
    support: float = Share
    confidence: float = Share
    lift: float = Field(examples=[9.86])


class CompanionReason(Out):
    """Why: in numbers."""

    code: Literal["bought_with"] = "bought_with"
    values: dict[str, float]


class CompanionOut(Out):
    """A product that baskets with the one asked for also hold."""

    sku: str
    category: str | None
    titles: dict[str, Any] | None = Field(description="zh and en; null when the catalogue does not know the product.")
    baskets: int = Field(description="How many hold both.")
    support: float = Share
    confidence: float = Share
    lift: float = Field(examples=[3.1])
    reasons: list[CompanionReason]


class CompanionsOut(Out):
    """What is bought together with a product, the likeliest first. `as_of` is null before anything was mined."""

    sku: str
    items: list[CompanionOut]
    as_of: datetime | None
