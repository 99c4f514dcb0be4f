"""Customer lifetime value on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.web.schemas import MoneyOut, Out

Confidence = Literal["none", "low", "medium", "high"]


class IntervalOut(Out):
    """Bounds that leave out a tenth of the chances below and a tenth above."""

    low: MoneyOut
    high: MoneyOut


class ValueOut(Out):
    """What a customer is expected to bring from now on; null = has not bought, so nothing is predicted."""

    customer_id: UUID
    horizon_days: int = Field(examples=[365])
    expected_orders: float | None = Field(description="Order days within the horizon.", examples=[3.2])
    order_value: MoneyOut | None = Field(description="What one of them is expected to bring.")
    revenue: MoneyOut | None
    interval: IntervalOut | None = Field(description="80 % of the outcomes of the revenue lie within.")
    margin: MoneyOut | None = Field(description="Null where costs of less than half of the sales are known.")
    p_alive: float | None = Field(description="The chance that this still is a customer; not the churn score.")
    method: Literal["L0", "L1", "L2", "L3", "L4", "L5"] = Field(
        description="L0 no order; L1 prior only; L2 fitted with priors; L3 fitted, own thresholds; L4, L5 challengers."
    )
    confidence: Confidence
    findings: list[str] = Field(description="Reasons for doubt about the model.", examples=[["no_dropout_visible"]])
    as_of: datetime
