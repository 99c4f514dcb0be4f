"""The scheme of warnings: from where on a sign is a reason to warn."""

from typing import Literal, get_args

from pydantic import Field

from shared.contracts.base import Ratio
from shared.web.schemas import Body

Reason = Literal[
    "silence",
    "risk_jump",
    "order_shortfall",
    "spend_shortfall",
    "complaint",
    "refund",
    "unsubscribe",
    "browsing_drop",
    "interaction_drop",
]
REASONS: tuple[Reason, ...] = get_args(Reason)


class WarningsScheme(Body):
    """From where on a sign is a reason to warn. Times in days or horizons H, shares of what was expected or usual."""

    off: list[Reason] = Field(
        default=[], max_length=len(REASONS), description="Signs that are no reason to warn.", examples=[["refund"]]
    )
    active_for: float = Field(
        default=3.0, ge=0.5, le=20, description="In horizons: who bought longer ago is warned of no more."
    )
    surprise: Ratio = Field(
        default=0.05, description="silence: the chance that who is a customer still would be silent so long is below."
    )
    jump: Ratio = Field(default=0.25, description="risk_jump: the chance of churn rose by as much.")
    jump_days: int = Field(default=28, ge=1, le=365, description="risk_jump: within so many days of silence.")
    shortfall: Ratio = Field(
        default=0.5, description="order_shortfall, spend_shortfall: below this share of what H should have brought."
    )
    expected_orders: float = Field(
        default=1.0, ge=0, le=1000, description="Fewer expected orders than this cannot fall short."
    )
    drop: Ratio = Field(
        default=0.5, description="browsing_drop, interaction_drop: at most this share of the four weeks before."
    )
    drop_from: int = Field(default=4, ge=1, le=1000, description="Fewer visits or contacts before cannot have dropped.")
