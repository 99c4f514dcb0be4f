"""Group portraits on the wire."""

from pydantic import Field

from shared.web.schemas import Out


class TraitOut(Out):
    """How much more or less often a value is found in the segment than among all customers."""

    field: str = Field(examples=["customer.age_band"])
    value: str = Field(examples=["25-34"])
    members: int = Field(description="How many of the segment have it.")
    share: float = Field(description="Of those of the segment of whom the field is known.", examples=[0.31])
    share_of_all: float = Field(examples=[0.2])
    index: float = Field(description="100 × share / share of all.", examples=[155.0])
    difference: float = Field(description="share − share of all.", examples=[0.11])
    low: float = Field(description="The interval of 95 % of the difference.")
    high: float


class PortraitOut(Out):
    """A segment against all customers; within a field the most frequent value first."""

    size: int
    customers: int
    traits: list[TraitOut]
