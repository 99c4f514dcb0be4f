"""Care rules on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.engagement.audiences.schemas import Audience, AudiencePatch, Hindrance
from services.engagement.channels.schemas import Way
from services.engagement.policies.schemas import ClockTime
from services.engagement.task_outcomes.schemas import TaskKind
from services.engagement.templates.schemas import Purpose
from shared.contracts.base import Code, Label, Sku, Title
from shared.web.schemas import Body, Out

Step = Literal["placed", "paid", "shipped", "delivered", "cancelled", "refunded"]
LeapDay = Literal["02-28", "03-01"]
RuleStatus = Literal["draft", "active", "paused"]


class Dated(Body):
    """An occasion of a day; the rule applies so many days later, or earlier."""

    offset_days: int = Field(default=0, ge=-60, le=60)


class BirthdayOccasion(Dated):
    """A customer's birthday, solar or lunar as they said, in their own zone.

    A 30th that a lunar month lacks is its 29th; a leap month that a year lacks is the ordinary one.
    """

    kind: Literal["birthday"]
    leap_day: LeapDay = Field(default="02-28", description="Where 29 February goes in other years.")
    leap_month: Literal["leap", "ordinary"] = Field(
        default="leap", description="Births of a leap month: in the leap month where there is one, or never in it."
    )


class HolidayOccasion(Dated):
    """A festival of a calendar that the merchant keeps, fixed or moving."""

    kind: Literal["holiday"]
    holiday: Code = Field(examples=["spring-festival"])
    calendar: Code = Field(default="cn", examples=["cn"])


class AnniversaryOccasion(Dated):
    """The day a customer registered, every year after it."""

    kind: Literal["anniversary"]
    leap_day: LeapDay = Field(default="02-28", description="Where 29 February goes in other years.")


class RenewalOccasion(Dated):
    """The day on which an organisation's contract is renewed."""

    kind: Literal["renewal"]
    offset_days: int = Field(default=-30, ge=-180, le=60, description="Days after it; negative: before.")


class FollowUpOccasion(Dated):
    """A regular visit: every so many days since a task of theirs was done last, else since they registered."""

    kind: Literal["follow_up"]
    every_days: int = Field(ge=7, le=730, examples=[90])


class OrderOccasion(Body):
    """An order that reached a step; with categories or skus only if a line is of one of them."""

    kind: Literal["order"]
    step: Step
    offset_days: int = Field(default=0, ge=0, le=365)
    categories: list[Label] = Field(default=[], max_length=100)
    skus: list[Sku] = Field(default=[], max_length=100)


class RefillOccasion(Body):
    """Goods of a delivered order are used up: each line lasts its quantity times the days that a unit does.

    Buying the product again cancels it. A rule names the goods.
    """

    kind: Literal["refill"]
    offset_days: int = Field(default=-3, ge=-60, le=60, description="Days after it is used up; negative: before.")
    categories: list[Label] = Field(default=[], max_length=100)
    skus: list[Sku] = Field(default=[], max_length=100, examples=[["tea-01"]])
    use_days: int | None = Field(
        default=None, ge=1, le=3_650, description="How long a unit lasts; absent: as the catalogue says."
    )

    @model_validator(mode="after")
    def _names_goods(self) -> "RefillOccasion":
        if not (self.categories or self.skus):
            raise ValueError("a refill names categories or skus")
        return self


Occasion = Annotated[
    BirthdayOccasion
    | HolidayOccasion
    | AnniversaryOccasion
    | RenewalOccasion
    | FollowUpOccasion
    | OrderOccasion
    | RefillOccasion,
    Field(discriminator="kind"),
]


class Reward(Body):
    """What the customer is given. No kind is available yet."""

    kind: Literal["points", "coupon", "gift"]
    points: int | None = Field(default=None, ge=1)
    offer_id: UUID | None = None
    sku: Sku | None = None


class CareTask(Body):
    """The task that a rule makes where it reaches a customer by `phone` or `visit`."""

    kind: TaskKind | None = Field(default=None, description="Absent: a call for `phone`, a visit for `visit`.")
    due_days: int | None = Field(
        default=None, ge=1, le=60, description="Absent: as the task policy says.", examples=[2]
    )
    priority: int | None = Field(default=None, ge=1, le=4, description="1 is the most urgent.")


class NewCareRule(Body):
    """A rule to be drafted."""

    code: Code = Field(examples=["birthday-vip"])
    name: Title = Field(examples=["Birthday"])
    occasion: Occasion
    audience: Audience = Audience()
    at: ClockTime | None = Field(default=None, description="Wall time of the customer.", examples=["09:00"])
    purpose: Purpose = Field(examples=["marketing"])
    topic: Code = Field(examples=["care"])
    channels: list[Way] = Field(
        min_length=1,
        max_length=7,
        description="In order; `phone` and `visit` open a task.",
        examples=[["email", "phone"]],
    )
    template: Code = Field(examples=["birthday"])
    freshness_hours: int = Field(default=48, ge=1, le=720, description="Older occasions are let go.")
    expires_after_hours: int | None = Field(default=None, ge=1, le=720)
    task: CareTask | None = None
    reward: Reward | None = Field(default=None, description="Not available yet.")


class CareRulePatch(Body):
    """JSON Merge Patch of a rule: absent stays."""

    name: Title | None = None
    occasion: dict[str, Any] | None = None
    audience: AudiencePatch | None = None
    at: ClockTime | None = None
    purpose: Purpose | None = None
    topic: Code | None = None
    channels: list[Way] | None = None
    template: Code | None = None
    freshness_hours: int | None = None
    expires_after_hours: int | None = None
    task: dict[str, Any] | None = None


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
    channels: list[Way]
    template: Code
    freshness_hours: int
    expires_after_hours: int | None
    task: CareTask | None
    status: RuleStatus
    activated_at: datetime | None
    hindrance: Hindrance | None = Field(description="Why it was paused by itself, until it is activated again.")
    version: int
    created_at: datetime
    updated_at: datetime
