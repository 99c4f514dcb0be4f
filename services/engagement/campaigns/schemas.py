"""Campaigns on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.engagement.audiences.schemas import AudiencePatch, Hindrance
from services.engagement.channels.schemas import Way
from services.engagement.templates.schemas import Name, Purpose
from shared.contracts.base import Code, Instant, Label, Title
from shared.web.schemas import Body, Out

Status = Literal["draft", "scheduled", "running", "paused", "finished", "stopped"]
HOLDOUT = "holdout"
EXAMPLE_SEGMENT = "01920000-0000-7000-8000-0000000000aa"


class CampaignAudience(Body):
    """Who is meant: whoever is in one of the segments or named, and in none of the excluded ones."""

    include: list[UUID] = Field(default=[], max_length=100, examples=[[EXAMPLE_SEGMENT]])
    exclude: list[UUID] = Field(default=[], max_length=100)
    customer_ids: list[UUID] = Field(default=[], max_length=10_000)

    @model_validator(mode="after")
    def _means_somebody(self) -> "CampaignAudience":
        if not (self.include or self.customer_ids):
            raise ValueError("a campaign names segments or customers")
        return self


class Variant(Body):
    """One way to say it, and its share of those who are written to."""

    code: Name = Field(examples=["a"])
    weight: int = Field(default=1, ge=1, le=1000)
    template: Code = Field(examples=["offers"])


class Window(Body):
    """From when messages go out, and until when at the latest."""

    start: Instant = Field(alias="from", examples=["2027-11-25T01:00:00Z"])
    end: Instant = Field(alias="to", examples=["2027-11-27T13:00:00Z"])

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Window":
        if self.end <= self.start:
            raise ValueError("to must lie after from")
        return self


class Attribution(Body):
    """Which orders count: placed within so many days of the start, with a line of one of these categories if named."""

    days: int = Field(default=7, ge=1, le=90)
    categories: list[Label] = Field(default=[], max_length=100, examples=[["tea"]])


class NewCampaign(Body):
    """A campaign to be drafted."""

    name: Title = Field(examples=["Autumn"])
    purpose: Purpose = Field(default="marketing", description="Must be the templates' own.")
    topic: Code = Field(examples=["offers"])
    channels: list[Way] = Field(
        min_length=1,
        max_length=7,
        description="In order of preference; `phone` and `visit` open a task.",
        examples=[["email"]],
    )
    audience: CampaignAudience
    holdout: float = Field(default=0.1, ge=0, le=0.5, description="The share that is written to by nobody.")
    variants: list[Variant] = Field(min_length=1, max_length=10)
    window: Window
    throttle_per_minute: int | None = Field(default=None, ge=1, le=100_000, examples=[2000])
    attribution: Attribution = Attribution()

    @model_validator(mode="after")
    def _variants_differ(self) -> "NewCampaign":
        codes = [variant.code for variant in self.variants]
        if len(set(codes)) < len(codes) or HOLDOUT in codes:
            raise ValueError("variants have codes of their own, and none is called holdout")
        return self


class CampaignPatch(Body):
    """JSON Merge Patch of a draft: absent stays."""

    name: Title | None = None
    purpose: Purpose | None = None
    topic: Code | None = None
    channels: list[Way] | None = None
    audience: AudiencePatch | None = Field(default=None, examples=[{"exclude": [EXAMPLE_SEGMENT]}])
    holdout: float | None = None
    variants: list[Variant] | None = None
    window: dict[str, Any] | None = Field(default=None, examples=[{"to": "2027-11-28T13:00:00Z"}])
    throttle_per_minute: int | None = None
    attribution: dict[str, Any] | None = Field(default=None, examples=[{"days": 14}])


class CampaignOut(Out):
    """A campaign. `snapshot_at` is when its audience was complete."""

    id: UUID = Field(validation_alias="campaign_id")
    name: Title
    purpose: Purpose
    topic: Code
    channels: list[Way]
    audience: CampaignAudience
    holdout: float
    variants: list[Variant]
    window: Window
    throttle_per_minute: int | None
    attribution: Attribution
    status: Status
    started_at: datetime | None
    snapshot_at: datetime | None
    ended_at: datetime | None
    hindrance: Hindrance | None = Field(
        description="Why its audience was not taken. A `segment_not_published` made it a draft again: change the "
        "audience or publish the segments, and schedule or start it."
    )
    version: int
    created_at: datetime
    updated_at: datetime
