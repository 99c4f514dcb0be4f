"""What callers send to have a message sent, and what care hands over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, model_validator

from services.engagement.channels.schemas import Way
from services.engagement.messages.schemas import GateOut, Status
from services.engagement.reach.schemas import Person
from services.engagement.templates.schemas import Name, Purpose, Value
from services.engagement.templates.tables import Template
from shared.contracts.base import Code, Instant, Label
from shared.ids import new_id
from shared.web.schemas import Body, Out


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be accepted. Without a `person` it is decided only when it is sent."""

    customer_id: UUID
    person: Person | None
    template: Template
    purpose: str
    topic: str
    channels: Sequence[str]
    variables: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    expires_at: datetime | None = None
    dedupe_key: str | None = None
    care_rule_id: UUID | None = None
    campaign_id: UUID | None = None
    message_id: UUID = field(default_factory=new_id)


class NewMessage(Body):
    """A message to be sent."""

    customer_id: UUID
    template: Code = Field(examples=["birthday"])
    purpose: Purpose = Field(description="Must be the template's own.", examples=["marketing"])
    topic: Code = Field(description="The consent purpose that decides.", examples=["care"])
    channels: list[Way] = Field(
        min_length=1,
        max_length=7,
        description="In order of preference; `phone` and `visit` open a task.",
        examples=[["email"]],
    )
    variables: dict[Name, Value] = Field(default={}, max_length=50, examples=[{"gift": "tea"}])
    not_before: Instant | None = None
    expires_at: Instant | None = Field(default=None, description="72 hours from its start when absent.")
    dedupe_key: Label | None = Field(default=None, description="Known: the first message is answered.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "NewMessage":
        if self.not_before and self.expires_at and self.expires_at <= self.not_before:
            raise ValueError("expires_at must lie after not_before")
        return self


class DecisionOut(Out):
    """What would become of a message, and why."""

    status: Status
    channel: Way | None
    until: datetime | None
    reason: str | None
    gates: list[GateOut]
