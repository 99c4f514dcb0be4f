"""Care rules on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.engagement.channels.schemas import Kind
from services.engagement.policies.schemas import ClockTime
from services.engagement.templates.schemas import Purpose
from shared.contracts.base import Code, Label, Sku, Title
from shared.web.schemas import Body, Out

Step = Literal["placed", "paid", "shipped", "delivered", "cancelled", "refunded"]
RuleStatus = Literal["draft", "active", "paused"]


class BirthdayOccasion(Body):
    """A customer's birthday, in their own zone."""

    kind: Literal["birthday"]
    offset_days: int = Field(default=0, ge=-60, le=60)
    leap_day: Literal["02-28", "03-01"] = Field(default="02-28", description="Where 29 February goes in other years.")


class OrderOccasion(Body):
    """An order that reached a step; with categories or skus only if a line is of one of them."""

    kind: Literal["order"]
    step: Step
    offset_days: int = Field(default=0, ge=0, le=365)
    categories: list[Label] = Field(default=[], max_length=100)
    skus: list[Sku] = Field(default=[], max_length=100)


Occasion = Annotated[BirthdayOccasion | OrderOccasion, Field(discriminator="kind")]


class Audience(Body):
    """Who is meant; `{}` is everybody."""

    include: list[UUID] = []
    exclude: list[UUID] = []
    customer_ids: list[UUID] = []


class NewCareRule(Body):
    """A rule to be drafted."""

    code: Code = Field(examples=["birthday-vip"])
    name: Title = Field(examples=["Birthday"])
    occasion: Occasion
    audience: Audience = Audience()
    at: ClockTime | None = Field(default=None, description="Wall time of the customer.", examples=["09:00"])
    purpose: Purpose = Field(examples=["marketing"])
    topic: Code = Field(examples=["care"])
    channels: list[Kind] = Field(min_length=1, max_length=5, examples=[["email"]])
    template: Code = Field(examples=["birthday"])
    freshness_hours: int = Field(default=48, ge=1, le=720, description="Older occasions are let go.")
    expires_after_hours: int | None = Field(default=None, ge=1, le=720)
    task: dict[str, Any] | None = Field(default=None, description="Not available yet.")
    reward: dict[str, Any] | None = Field(default=None, description="Not available yet.")


class CareRulePatch(Body):
    """JSON Merge Patch of a rule: absent stays."""

    name: Title | None = None
    occasion: dict[str, Any] | None = None
    audience: dict[str, Any] | None = None
    at: ClockTime | None = None
    purpose: Purpose | None = None
    topic: Code | None = None
    channels: list[Kind] | None = None
    template: Code | None = None
    freshness_hours: int | None = None
    expires_after_hours: int | None = None


class CareRuleOut(Out):
    """A rule."""

    id: UUID = Field(validation_alias="rule_id")
    code: Code
    name: Title
    occasion: Occasion
    audience: Audience
    at: ClockTime | None
    purpose: Purpose
    topic: Code
    channels: list[Kind]
    template: Code
    freshness_hours: int
    expires_after_hours: int | None
    status: RuleStatus
    activated_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
