"""H as the scheme of dimensions says it, and the H of one customer on the wire."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.contracts.base import Label
from shared.web.schemas import Body, Out

Source = Literal["measured", "scheme", "category", "rhythm"]
MOST = 500  # categories
Days = Annotated[int, Field(ge=7, le=3650)]


class Rhythm(Body):
    """H from the customer's own rhythm: so many of their usual gaps, in whole weeks, within bounds."""

    multiple: float = Field(default=3.0, ge=1, le=20, description="Of the median days between their order days.")
    shortest_days: Days = 14
    longest_days: Days = 365
    least_gaps: int = Field(default=3, ge=1, le=100, description="With fewer gaps nobody has a rhythm yet.")

    @model_validator(mode="after")
    def _ordered(self) -> "Rhythm":
        if self.shortest_days > self.longest_days:
            raise ValueError("shortest_days must not exceed longest_days")
        return self


class HorizonsScheme(Body):
    """H, the first that there is: the customer's rhythm, that of their main category, `horizon_days`, as measured."""

    horizon_days: Days | None = None
    category_horizon_days: dict[Label, Days] = Field(
        default={},
        max_length=MOST,
        description="By the category that most lines of the customer's orders are of.",
        examples=[{"tea": 45, "furniture": 365}],
    )
    rhythm: Rhythm | None = Field(default=None, description="Null: nobody is judged by their own rhythm.")


class HorizonOut(Out):
    """H of one customer, and what it comes from."""

    days: int = Field(examples=[91])
    source: Source = Field(
        description="rhythm: their own usual gap; category: of their main one; scheme: of all; measured: of all, by "
        "the gaps of repeat purchases."
    )
    category: str | None = Field(description="The main category, where it decides.")
    usual_gap_days: float | None = Field(description="The median days between their order days, where it decides.")
