"""Results on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.engagement.campaigns.schemas import Status
from shared.web.schemas import MoneyOut, Out


class ShareLift(Out):
    """Percentage points more than the hold-out converted, with the interval of 95 %."""

    points: float = Field(examples=[1.4])
    low: float = Field(examples=[0.3])
    high: float = Field(examples=[2.5])


class RevenueLift(Out):
    """Revenue per head more than the hold-out, with the interval of 95 %."""

    per_head: MoneyOut
    low: MoneyOut
    high: MoneyOut


class GroupOut(Out):
    """One group. All who were assigned count, sent to or not: only so are the groups alike."""

    group: str = Field(description="`holdout` or a variant.", examples=["a"])
    assigned: int
    sent: int = Field(description="Written to, or given to staff as a task.")
    converted: int
    conversion: float | None = Field(description="Share of the assigned.", examples=[0.052])
    revenue: MoneyOut
    lift: ShareLift | None = Field(description="None for the hold-out, and where there is none.")
    revenue_lift: RevenueLift | None


class ResultsOut(Out):
    """How far a campaign is and what it brought. `attributed_until` is when its last orders count."""

    campaign_id: UUID
    status: Status
    started_at: datetime | None
    attributed_until: datetime | None
    audience: int = Field(description="Everybody it meant, the excluded ones among them.", examples=[1200])
    unreleased: int = Field(description="To be written to, and not asked for yet.", examples=[0])
    messages: dict[str, int] = Field(description="By status.", examples=[{"sent": 900, "skipped": 70}])
    excluded: dict[str, int] = Field(
        description="Why nothing went out: by segment, or by gate.", examples=[{"excluded_segment": 40}]
    )
    groups: list[GroupOut]
