"""Churn on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.scoring.horizons.schemas import HorizonOut
from shared.web.schemas import Out


class ReasonOut(Out):
    """One fact behind a probability, as a number that can be checked."""

    code: str = Field(examples=["silence_surprise"])
    value: float
    meaning: str = Field(examples=["The chance that an active customer with this history stays silent this long."])
    effect: Literal["raises", "lowers"] | None = Field(
        default=None, description="What it does to the probability, where a trained model tells that."
    )


class ChurnOut(Out):
    """The chance of no purchase within the next H days; null = has not bought."""

    customer_id: UUID
    probability: float | None = Field(examples=[0.42])
    level: str | None = Field(description="Of the dimension churn: high, medium, low or unknown.")
    horizon_days: int = Field(description="H: how long a silence must be to mean something.")
    horizon: HorizonOut
    method: str = Field(examples=["L3"])
    reasons: list[ReasonOut] = Field(description="Of a trained model the strongest; `/explanation` has them all.")
    as_of: datetime
