"""Targets on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from shared.web.schemas import Out

OUTCOMES = ("churned", "high_value", "high_ticket")
PATTERN = (
    r"^(churned|high_value|high_ticket|dimension\.(power|frequency|potential|satisfaction|loyalty|churn)=[a-z_]{1,32}"
    r"|score\.(value_class|lifecycle)=[a-z_]{1,32})$"
)
TargetKind = Annotated[
    str,
    Path(
        pattern=PATTERN,
        description="Within H: `churned`, `high_value`, `high_ticket`. Or a level: `dimension.power=high`.",
        examples=["churned", "dimension.power=high"],
    ),
]


class DriverOut(Out):
    """What one field more adds to the log-odds of the target, per standard deviation, with its 95 % interval."""

    field: str = Field(examples=["orders.last_at"])
    effect: float
    low: float
    high: float
    odds: float = Field(description="By how much the odds multiply: e to the effect.")


class DriversOut(Out):
    """The few fields that tell a target best, the strongest first. Those that say the same thing are left out."""

    target: str
    customers: int
    base_rate: float = Field(description="The share of these customers with the target.")
    items: list[DriverOut]
    as_of: datetime


class LikelyOut(Out):
    """A customer, how likely the target is, and how much likelier than on average."""

    customer_id: UUID
    probability: float
    lift: float = Field(description="The probability over the base rate.")
    base_rate: float
    as_of: datetime
