"""What engagement publishes: messages, contacts, care, opinions, loyalty, sales and what things cost."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import (
    Code,
    CustomerEvent,
    Day,
    Event,
    Id,
    Instant,
    Kind,
    Label,
    Money,
    Part,
    Ratio,
    Sku,
    declare,
)

MessageStatus = Literal["sent", "delivered", "read", "clicked", "bounced", "complained", "failed"]
Stars = Annotated[int, Field(ge=1, le=5)]


@declare("engagement.message.recorded", Kind.STATE, "message", "message_id")
class MessageRecorded(CustomerEvent):
    """A message that reached a provider, and what became of it; `skus` are the products it recommends, in order."""

    message_id: Id
    channel: Code
    purpose: Literal["marketing", "service", "transactional"]
    template: Code
    campaign_id: Id | None = None
    care_rule_id: Id | None = None
    case_id: Id | None = None
    status: MessageStatus
    changes: list[MessageStatus] = []
    skus: list[Sku] = []


@declare("engagement.optout.received", Kind.MOMENT, "optout", "optout_id")
class OptoutReceived(CustomerEvent):
    """A customer said on a channel itself, or through its provider, that they want no more of a purpose there."""

    optout_id: Id
    contact_id: Id | None = None
    channel: Code
    purpose: Code = "marketing"


@declare("engagement.interaction.recorded", Kind.STATE, "interaction", "interaction_id")
class InteractionRecorded(CustomerEvent):
    """A call, chat or visit between a customer and an agent; `in` = the customer began it."""

    interaction_id: Id
    channel: Code
    direction: Literal["in", "out"]
    purpose: Code
    agent_id: Id | None = None
    started_at: Instant
    seconds: int | None = Field(default=None, ge=0)
    result: Code | None = None
    request_id: Id | None = None


@declare("engagement.request.recorded", Kind.STATE, "request", "request_id")
class RequestRecorded(CustomerEvent):
    """Something a customer asked for, and how far it is."""

    request_id: Id
    number: Code
    request_kind: Literal["enquiry", "help", "return", "exchange", "repair", "invoice", "bespoke", "other"] = Field(
        alias="kind"
    )
    status: Code
    owner_id: Id | None = None
    order_id: Id | None = None
    opened_at: Instant
    first_response_at: Instant | None = None
    resolved_at: Instant | None = None
    breached: list[Code] = []
    result: Code | None = None
    changes: list[Code] = []


@declare("engagement.complaint.recorded", Kind.STATE, "complaint", "complaint_id")
class ComplaintRecorded(CustomerEvent):
    """A complaint as it stands; severity 1 is the worst. `breached` names the clocks that ran out."""

    complaint_id: Id
    number: Code
    status: Code
    severity: int = Field(ge=1, le=4)
    category: Label
    channel: Code
    order_id: Id | None = None
    owner_id: Id | None = None
    opened_at: Instant
    first_response_at: Instant | None = None
    resolved_at: Instant | None = None
    closed_at: Instant | None = None
    reopen_count: int = Field(default=0, ge=0)
    breached: list[Code] = []
    root_cause: Code | None = None
    compensation: Money
    changes: list[Code] = []


@declare("engagement.survey.answered", Kind.STATE, "response", "response_id")
class SurveyAnswered(CustomerEvent):
    """The answers to one survey. They are never edited."""

    response_id: Id
    survey_id: Id
    trigger: Code
    nps: int | None = Field(default=None, ge=0, le=10)
    csat: Stars | None = None
    ratings: dict[Code, Stars] = {}
    order_id: Id | None = None
    complaint_id: Id | None = None
    agent_id: Id | None = None
    answered_at: Instant


@declare("engagement.review.recorded", Kind.STATE, "review", "review_id")
class ReviewRecorded(CustomerEvent):
    """A product review; its text stays in engagement."""

    review_id: Id
    sku: Sku
    order_id: Id | None = None
    rating: Stars
    status: Literal["pending", "published", "hidden", "rejected"]
    verified: bool


@declare("engagement.feedback.recorded", Kind.STATE, "feedback", "feedback_id")
class FeedbackRecorded(CustomerEvent):
    """What a customer said elsewhere, as topics and a tone from -1 (bad) to 1 (good)."""

    feedback_id: Id
    source: Literal["call", "interview", "social", "chat"]
    topics: list[Code] = []
    tone: float = Field(ge=-1, le=1)


@declare("engagement.task.recorded", Kind.STATE, "task", "task_id")
class TaskRecorded(CustomerEvent):
    """A follow-up by an account manager."""

    task_id: Id
    task_kind: Literal["call", "visit", "video", "other"] = Field(alias="kind")
    status: Literal["open", "done", "no_answer", "cancelled"]
    owner_id: Id | None = None
    due_at: Instant
    outcome: Code | None = None
    case_id: Id | None = None
    changes: list[Code] = []


@declare("engagement.winback.recorded", Kind.STATE, "winback", "case_id")
class WinbackRecorded(CustomerEvent):
    """A case of winning a customer back after a warning."""

    case_id: Id
    warning_id: Id
    status: Literal["open", "contacted", "recovered", "lost", "closed"]
    reason: Code | None = None
    offer_id: Id | None = None
    changes: list[Code] = []


class Expiry(Part):
    """Points that end next, and when."""

    day: Day
    points: int


class PointsEntry(Part):
    """The booking that moved the account."""

    entry_id: Id
    entry_kind: Code = Field(alias="kind")
    points: int


@declare("engagement.points.changed", Kind.STATE, "account", "customer_id")
class PointsChanged(CustomerEvent):
    """The points account of one origin id; a canonical balance is the sum over members."""

    available: int
    pending: int
    deficit: int
    earned_12m: int
    next_expiry: Expiry | None = None
    entry: PointsEntry


@declare("engagement.referral.recorded", Kind.STATE, "referral", "referral_id")
class ReferralRecorded(CustomerEvent):
    """Somebody whom a customer recommended us to. It belongs to the one who recommended."""

    referral_id: Id
    referee_id: Id | None = None
    status: Literal["invited", "registered", "qualified", "rewarded", "rejected", "expired", "reversed"]
    rejection: Code | None = None


@declare("engagement.participation.recorded", Kind.STATE, "participation", "participation_id")
class ParticipationRecorded(CustomerEvent):
    """A customer's part in an activity, a course or the community."""

    participation_id: Id
    participation_kind: Literal["activity", "course", "post"] = Field(alias="kind")
    item_id: Id
    status: Literal["registered", "attended", "no_show", "completed", "published", "cancelled"]


@declare("engagement.opportunity.recorded", Kind.STATE, "opportunity", "opportunity_id")
class OpportunityRecorded(CustomerEvent):
    """A sale that may come about; open until it has a result."""

    opportunity_id: Id
    stage: Code
    expected_value: Money
    probability: Ratio
    next_step_at: Instant | None = None
    result: Literal["won", "lost"] | None = None
    reason: Code | None = None
    campaign_id: Id | None = None
    changes: list[Code] = []


@declare("engagement.need.recorded", Kind.STATE, "need", "need_id")
class NeedRecorded(CustomerEvent):
    """Something a customer needs, stated or inferred and confirmed."""

    need_id: Id
    need_topic: Code = Field(alias="topic")
    need_kind: Literal["stated", "inferred"] = Field(alias="kind")
    confidence: Ratio
    importance: Stars
    urgency: Stars
    status: Literal["open", "proposed", "accepted", "met", "declined"]
    skus: list[Sku] = []


class Membership(Part):
    """The plan that a benefit comes from, and how long it runs."""

    plan: Code
    until: Day


@declare("engagement.benefit.recorded", Kind.STATE, "entitlement", "entitlement_id")
class BenefitRecorded(CustomerEvent):
    """What a customer is entitled to and what was used of it; `cost` is that of what was used."""

    entitlement_id: Id
    benefit: Code
    cause: Literal["tier", "membership", "segment", "strategy", "grant"]
    status: Literal["granted", "reserved", "used", "released", "ended"]
    quantity: int = Field(ge=0)
    used: int = Field(ge=0)
    membership: Membership | None = None
    cost: Money | None = None
    changes: list[Code] = []


@declare("engagement.unitcosts.published", Kind.STATE, "unitcosts", "effective_at")
class UnitCostsPublished(Event):
    """What one message, coupon, point, minute of staff or gift costs from an instant on, until the next list.

    A list is known by that instant; publishing it again with a higher version corrects it.
    """

    costs: dict[Label, Money]
    effective_at: Instant

    @property
    def subject(self) -> str:
        """`unitcosts/<instant>`."""
        return f"unitcosts/{self.effective_at.isoformat()}"

    @property
    def key(self) -> str:
        """All lists share a partition."""
        return "unit-costs"


@declare("engagement.erasure.completed", Kind.MOMENT, "erasure", "erasure_id", "customer_id")
class EngagementErased(CustomerEvent):
    """Engagement has erased what it knew of this id: so many rows of each table."""

    erasure_id: Id
    counts: dict[Code, int]
