"""The effect of a strategy on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Code, Out


class GroupOut(Out):
    """Customers who were treated alike, and what each of them bought since then, on average."""

    customers: int
    orders_per_head: float | None = Field(description="Null while the group is empty.")
    spend_per_head: float | None = Field(description="In base currency.")


class LiftOut(Out):
    """How much more a treated customer bought than one held out, and between which bounds that lies at 95 % (Welch)."""

    difference: float
    low: float
    high: float
    relative: float | None = Field(description="Of what was bought without; null where that is nothing.")


class EffectOut(Out):
    """What a strategy brought since it began: all who stood at its level at the start or came to it since.

    Of a region or a segment: all who are in it now.
    """

    strategy_id: UUID
    code: Code
    since: datetime
    until: datetime
    holdout: float
    applied: GroupOut
    held_out: GroupOut
    orders: LiftOut | None = Field(description="Null while a group has fewer than two customers.")
    spend: LiftOut | None
