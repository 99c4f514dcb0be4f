"""What may be booked, on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, model_validator

from services.engagement.channels.schemas import Kind
from services.engagement.task_outcomes.schemas import TaskKind
from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Out


class ServiceTitles(Body):
    """What it is called in Chinese and English; either may stand alone."""

    zh: Title | None = Field(default=None, examples=["选购咨询"])
    en: Title | None = Field(default=None, examples=["Consultation"])

    @model_validator(mode="after")
    def _said(self) -> "ServiceTitles":
        if not (self.zh or self.en):
            raise ValueError("say it in Chinese or English")
        return self


class NewService(Body):
    """Something to be booked."""

    code: Code = Field(examples=["consultation"])
    titles: ServiceTitles
    kind: TaskKind = Field(default="other", description="How it takes place; the manager has a task of that kind.")
    minutes: int = Field(ge=5, le=480, description="How long it takes.", examples=[30])
    lead_hours: int = Field(default=2, ge=0, le=720, description="How soon before it may still be booked.")
    days_ahead: int = Field(default=30, ge=1, le=180, description="How far ahead it may be booked.")
    cancel_hours: int = Field(default=2, ge=0, le=720, description="How soon before the customer may still cancel.")
    remind_hours: int | None = Field(default=24, ge=1, le=336, description="How long before; null: no reminder.")
    template: Code = Field(default="appointment-reminder", description="Of service; declares `service`, `starts_at`.")
    channels: list[Kind] = Field(default=["email", "sms"], min_length=1, max_length=5)


class ServicePatch(Body):
    """JSON Merge Patch: absent stays. What is booked keeps its time."""

    titles: dict[str, Any] | None = None
    kind: TaskKind | None = None
    minutes: int | None = None
    lead_hours: int | None = None
    days_ahead: int | None = None
    cancel_hours: int | None = None
    remind_hours: int | None = None
    template: Code | None = None
    channels: list[Kind] | None = None


class ServiceOut(Out):
    """Something that may be booked."""

    id: UUID = Field(validation_alias="service_id")
    code: Code
    titles: ServiceTitles
    kind: TaskKind
    minutes: int
    lead_hours: int
    days_ahead: int
    cancel_hours: int
    remind_hours: int | None
    template: Code
    channels: list[Kind]
    version: int
    created_at: datetime
    updated_at: datetime
