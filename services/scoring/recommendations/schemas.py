"""Recommendations on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Body, Out

Wanted = Literal["repeat", "cross_sell", "up_sell", "personal"]
Kind = Literal["repeat", "refill", "cross_sell", "up_sell", "best_seller"]


class ReasonOut(Out):
    """A code and the values of its sentence. Prices in base currency, days of the business zone.

    `bought_often` {times, days_ago} · `used_up` {day, lasts} · `bought_with` {sku, confidence} ·
    `next_rung` {price, usual_price, rung} · `accessory`, `service` {sku} · `upgrade` {sku, days_ago} ·
    `best_seller` {baskets, share}.
    """

    code: str = Field(examples=["bought_with"])
    values: dict[str, float | str] = Field(examples=[{"sku": "TEA-01", "confidence": 0.45}])


class RecommendationOut(Out):
    """A product to offer."""

    sku: str
    category: str | None
    titles: dict[str, Any] | None = Field(description="zh and en; null when the catalogue does not know the product.")
    kind: Kind
    score: float = Field(description="About the chance that it is in the next basket.", examples=[0.31])
    reasons: list[ReasonOut]
    predicted_at: datetime | None = Field(description="When what was bought of it will be used up.")


class RecommendationsOut(Out):
    """What to offer, the best first."""

    customer_id: UUID
    kind: Wanted
    items: list[RecommendationOut]
    as_of: datetime


class RecommendationsQuestion(Body):
    """Whom other services ask about, and how many items for each."""

    customer_ids: list[UUID] = Field(min_length=1, max_length=200)
    limit: int = Field(default=4, ge=1, le=10)
