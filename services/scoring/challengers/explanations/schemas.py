"""Explanations on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.scoring.challengers.rules import Kind
from shared.web.schemas import Out


class ContributionOut(Out):
    """A feature, its value for this customer, and what that adds."""

    feature: str = Field(examples=["silence_ratio"])
    meaning: str = Field(examples=["The present silence beside the customer's own usual gap."])
    value: float
    contribution: float = Field(description="On the scale of the part; negative where it speaks against.")


class PartOut(Out):
    """A sum: `base` and all contributions are exactly `total`. The strongest contribution comes first."""

    part: Literal["probability", "buys", "amount"]
    scale: Literal["log_odds", "log_amount"] = Field(
        description="log_odds: the probability is 1 / (1 + e^-total). log_amount: a buyer's spend is e^total."
    )
    base: float
    total: float
    contributions: list[ContributionOut]


class FactOut(Out):
    """A fact behind a score that no training made, as a number that can be checked."""

    code: str = Field(examples=["silence_surprise"])
    value: float
    meaning: str


class ExplanationOut(Out):
    """Where a score comes from.

    With a challenger in force, `parts` add up to it: one for a probability, two for spend, which is the chance of
    buying times the amount of a buyer. Without, `reasons` tell what the model of purchases says of the customer.
    """

    customer_id: UUID
    model: Kind
    method: Literal["L0", "L1", "L2", "L3", "L4", "L5"] = Field(description="The rung of the ladder; L0: no order.")
    score: float | None = Field(description="A probability; for spend an amount in base currency within H. Null: none.")
    horizon_days: int
    parts: list[PartOut]
    reasons: list[FactOut]
    as_of: datetime
