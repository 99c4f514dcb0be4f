"""Messages on the wire, and the words of the send decision."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.engagement.channels.schemas import Way
from services.engagement.templates.schemas import Purpose
from shared.contracts.base import Code
from shared.web.schemas import Body, Out

GateName = Literal[
    "template", "address", "suppression", "consent", "preference", "credit", "cap", "quiet_hours", "expiry", "dedupe"
]
Status = Literal[
    "queued",
    "deferred",
    "sending",
    "unknown",
    "handed_over",
    "sent",
    "delivered",
    "read",
    "clicked",
    "bounced",
    "complained",
    "failed",
    "skipped",
    "expired",
    "cancelled",
]
Verdict = Literal["pass", "defer", "refuse", "bypass"]

WAITING = ("queued", "deferred")
UNSENT = ("skipped", "expired", "failed", "cancelled")
HELD = "campaign_paused"
REACHED = ("sent", "delivered", "read", "clicked", "bounced", "complained")
PUBLISHED = (*REACHED, "failed")


class Settlement(Body):
    """What somebody found out about a message of which nobody knew whether it was sent."""

    outcome: Literal["sent", "not_sent"]


class GateOut(Out):
    """One gate's verdict on one channel."""

    gate: GateName
    channel: str
    verdict: Verdict
    reason: str | None = None
    until: datetime | None = None


class Attempt(Out):
    """One time a provider was asked."""

    channel: Way
    provider: str
    at: datetime
    result: str | None
    reason: str | None
    skus: list[str] = Field(default=[], description="The products that it recommends, as they stand in it.")


class MessageOut(Out):
    """A message and how far it is."""

    id: UUID = Field(validation_alias="message_id")
    customer_id: UUID
    template: Code
    template_version: int | None
    purpose: Purpose
    topic: Code
    channels: list[Way]
    status: Status
    channel: Way | None
    reason: str | None
    attempts: list[Attempt]
    gates: list[GateOut]
    context: dict[str, Any]
    dedupe_key: str | None
    care_rule_id: UUID | None
    campaign_id: UUID | None
    not_before: datetime | None
    expires_at: datetime
    due_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    version: int


class MessageBrief(Out):
    """A message in a few words."""

    id: UUID = Field(validation_alias="message_id")
    template: Code
    purpose: Purpose
    channel: Way | None
    status: Status
    reason: str | None
    created_at: datetime
    sent_at: datetime | None
