"""Propensity on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Out


class CategoryOut(Out):
    """The chance that a category is bought within the horizon, and the share of the customer's order days it had."""

    category: str = Field(examples=["tea"])
    probability: float = Field(examples=[0.31])
    order_days: int = Field(description="Order days of this customer with the category.")
    share: float = Field(description="That over all order days, drawn towards the share among everybody's orders.")
    share_of_all: float = Field(description="The share among everybody's orders.")


class PropensityOut(Out):
    """When a customer will buy next, and what. Null and empty for who has not bought."""

    customer_id: UUID
    horizon_days: int
    probability: float | None = Field(description="Of any purchase within the horizon.")
    next_purchase_days: float | None = Field(description="Half of such customers, if active, buy within so many days.")
    categories: list[CategoryOut] = Field(description="The likeliest first.")
    method: str = Field(examples=["L3"])
    as_of: datetime
