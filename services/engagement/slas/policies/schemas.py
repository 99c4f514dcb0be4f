"""Policies of service levels on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Code
from shared.web.schemas import Body, Out

AppliesTo = Literal["complaint"]
Metric = Literal["first_response", "next_response", "resolution", "dispute"]
METRICS: tuple[Metric, ...] = ("first_response", "next_response", "resolution")  # that are promised
CLOCKS: tuple[Metric, ...] = (*METRICS, "dispute")
Priority = Literal["1", "2", "3", "4"]
Minutes = Annotated[int, Field(ge=1, le=525_600)]
DEFAULT = "Counts where no other fits. There is always one: making another the default takes it from this one."


class When(Body):
    """What a policy is for: all conditions that are given must hold."""

    categories: list[Code] = Field(default=[], max_length=100, description="With those below them.")
    tiers: list[Code] = Field(default=[], max_length=50)


class Targets(Body):
    """Working minutes until an answer or an end is due; a metric that is absent is not promised."""

    first_response: Minutes | None = None
    next_response: Minutes | None = None
    resolution: Minutes | None = None


class Escalation(Body):
    """Who is told when a share of the time of a clock is over; 100 is the moment it is due.

    The time of a `dispute` is that until the deadline of the outside body, by the calendar.
    """

    metric: Metric
    percent: int = Field(default=100, ge=1, le=1_000)
    to: Literal["owner", "lead"] = "lead"


class NewSlaPolicy(Body):
    """What is to be promised."""

    code: Code = Field(examples=["gold"])
    applies_to: AppliesTo = "complaint"
    rank: int = Field(default=100, ge=0, le=10_000, description="Of the policies that fit, the lowest counts.")
    default: bool = Field(default=False, description=DEFAULT)
    when: When = Field(default=When(), examples=[{"categories": ["delivery"], "tiers": ["gold"]}])
    minutes: dict[Priority, Targets] = Field(
        min_length=1,
        description="By severity, 1 the worst.",
        examples=[{"1": {"first_response": 30, "next_response": 60, "resolution": 480}}],
    )
    business_hours: Code = Field(examples=["service"])
    escalations: list[Escalation] = Field(default=[], max_length=20)


class SlaPolicyPatch(Body):
    """JSON Merge Patch of a policy: absent stays. What runs already keeps what was promised."""

    rank: int | None = None
    default: bool | None = None
    when: When | None = None
    minutes: dict[Priority, Targets | None] | None = None
    business_hours: Code | None = None
    escalations: list[Escalation] | None = None


class SlaPolicyOut(Out):
    """What is promised."""

    id: UUID = Field(validation_alias="policy_id")
    code: Code
    applies_to: AppliesTo
    rank: int
    default: bool
    when: When
    minutes: dict[Priority, Targets]
    business_hours: Code
    escalations: list[Escalation]
    version: int
    created_at: datetime
    updated_at: datetime
