"""The drift report on the wire."""

from datetime import datetime

from pydantic import Field

from services.scoring.schemes.schemas import Kind
from shared.web.schemas import Out


class LevelCountOut(Out):
    """How many customers had a level when the scheme came in force, and have it now; null = none yet."""

    name: str = Field(examples=["value_class"])
    level: str | None
    then: int
    now: int


class MoveOut(Out):
    """How many customers moved since; null = had none."""

    name: str
    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    customers: int


class OutcomeOut(Out):
    """What the customers who had a level when the scheme came in force have bought since, per head."""

    name: str = Field(examples=["value_class"])
    level: str
    customers: int
    ordered_share: float = Field(description="Of them, who ordered at all.")
    orders_per_head: float
    spend_per_head: float = Field(description="In base currency, after refunds.")


class DriftOut(Out):
    """How the scheme in force has aged."""

    kind: Kind
    scheme_version: int
    effective_at: datetime
    compared_with: datetime = Field(description="When everybody had been assessed by it, else when it came in force.")
    age_days: int
    review_after_days: int
    stale: bool = Field(description="Older than it should be without a look.")
    levels: list[LevelCountOut]
    moves: list[MoveOut] = Field(description="The largest first.")
    outcomes: list[OutcomeOut] = Field(
        description="Levels that tell customers apart differ here. What a strategy adds is measured against its "
        "hold-out instead: `/strategies/{id}/effect`."
    )
    edge_share: float | None = Field(
        description="Share of customers whom a little change would move: within the margin of a cut, or in grace."
    )
