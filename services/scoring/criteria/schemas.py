"""The scheme of criteria, and value classes on the wire."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.base import Ratio
from shared.web.schemas import Body, MoneyOut, Out

ValueClass = Literal["key", "high", "medium", "low", "unknown"]
By = Literal["class", "abc", "pyramid"]
CODES: dict[By, tuple[str, ...]] = {
    "class": get_args(ValueClass),
    "abc": ("A", "B", "C"),
    "pyramid": ("top", "large", "medium", "small"),
}
NAMES = ("revenue", "loyalty", "influence", "growth")


class Weights(Body):
    """How much each criterion counts in the composite."""

    revenue: Ratio = 0.4
    loyalty: Ratio = 0.25
    growth: Ratio = 0.25
    influence: Ratio = 0.1

    @model_validator(mode="after")
    def _something(self) -> "Weights":
        if self.revenue + self.loyalty + self.growth + self.influence <= 0:
            raise ValueError("at least one weight must be above 0")
        return self


class CriteriaScheme(Body):
    """How customers are valued: the weights of the criteria, and the percentile from which each class begins."""

    weights: Weights = Weights()
    key: Ratio = 0.95
    high: Ratio = 0.8
    medium: Ratio = 0.4
    margin: Ratio = Field(default=0.02, description="How far below its cut a class is kept, so that none flickers.")

    @model_validator(mode="after")
    def _ordered(self) -> "CriteriaScheme":
        if not self.medium < self.high < self.key:
            raise ValueError("medium must lie below high, and high below key")
        return self


class CriteriaOut(Out):
    """What a customer is worth, as percentiles of all customers who bought; null = not known."""

    customer_id: UUID
    as_of: datetime
    scheme_version: int = Field(
        description="The newest of the schemes by which the class was decided; of who has none, the newest in force.",
        examples=[12],
    )
    revenue: float | None
    loyalty: float | None
    influence: float | None
    growth: float | None
    composite: float | None = Field(description="The weighted mean of those that are known.")
    value_class: str = Field(examples=["key"])
    direct_value: MoneyOut | None = Field(description="Brought in the last 12 months.")
    indirect_value: MoneyOut | None = Field(description="Brought by customers whom this one referred.")
    basis: Literal["margin", "revenue"] = Field(description="Margin less cost to serve, or revenue: costs unknown.")


class ClassOut(Out):
    """One class of customers and what they bring."""

    code: str = Field(examples=["key"])
    customers: int
    share_of_customers: float
    net_spend: MoneyOut
    share_of_spend: float


class ClassesOut(Out):
    """Customers by value: by class, by ABC (80, 15 and 5 % of what all spent) and as a pyramid (1, 4, 15, 80 %)."""

    classes: list[ClassOut]
    abc: list[ClassOut]
    pyramid: list[ClassOut]


class ClassMemberOut(Out):
    """A customer of a class."""

    customer_id: UUID
    composite: float | None
    clv_12m: MoneyOut | None
    net_spend: MoneyOut
