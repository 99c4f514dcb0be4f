"""A declared dimension as part of the scheme of dimensions."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from services.scoring.conditions.schemas import DEPTH, NODES, Node
from services.scoring.schemes.schemas import Titles
from shared.contracts.base import Ratio
from shared.web.schemas import Body

MOST = 10
# Names that levels over time, scores or targets have already.
TAKEN = frozenset(
    {"power", "frequency", "potential", "satisfaction", "loyalty", "churn", "value_class", "lifecycle", "cluster"}
    | {"plan", "tier", "segment", "region", "rfm", "rfm_class", "r", "f", "m"}
)
OwnCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,31}$")]


class PartOf(Body):
    """One piece of evidence: a condition, and how much it counts."""

    code: OwnCode = Field(examples=["drinks_tea"])
    weight: float = Field(default=1.0, gt=0, le=100)
    when: Node


class Declared(Body):
    """A dimension of the merchant's own.

    Its value is the weight of the conditions that hold over the weight of those that are known: one is known of who has
    a fact of the kind it asks for. Who has none at all is unknown. The cuts are compared with the value itself.
    """

    code: OwnCode = Field(examples=["engagement"])
    titles: Titles
    on: bool = True
    high: Ratio = 0.8
    low: Ratio = 0.4
    parts: list[PartOf] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _sound(self) -> "Declared":
        if self.code in TAKEN:
            raise ValueError(f"{self.code} is the name of something else")
        if self.low >= self.high:
            raise ValueError("low must lie below high")
        if len({one.code for one in self.parts}) < len(self.parts):
            raise ValueError("no two parts may have one code")
        if sum(len(list(one.when.walk())) for one in self.parts) > NODES:
            raise ValueError(f"at most {NODES} nodes in a dimension")
        if any(one.when.depth() > DEPTH for one in self.parts):
            raise ValueError(f"at most {DEPTH} levels of nodes")
        return self
