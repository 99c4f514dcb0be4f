"""Briefs on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.engagement.appointments.schemas import AppointmentOut
from services.engagement.complaints.schemas import ComplaintOut
from services.engagement.messages.schemas import MessageBrief
from services.engagement.tasks.schemas import TaskBrief, TaskOut
from services.engagement.winback.schemas import CaseOut
from services.engagement.winback_offers.schemas import OfferOut
from shared.contracts.base import Code
from shared.web.schemas import Out


class Portrait(Out):
    """Who the customer is to us; null what is not known. Name and numbers are profile's."""

    registered_at: datetime | None = None
    locale: Code | None = None
    region: Code | None = None
    tier: Code | None = None
    value_class: Code | None = None
    rfm_class: Code | None = None
    lifecycle: Code | None = None
    plan: Code | None = Field(default=None, description="The strategy that the customer is under.")


class Opinion(Out):
    """What the customer answered last; the own words with `profile:pii` only."""

    survey_id: UUID
    answered_at: datetime
    csat: int | None
    nps: int | None
    ratings: dict[str, int]
    texts: dict[str, str] | None


class Brief(Out):
    """A task and what to know before it is done. The latest and the next few of each."""

    task: TaskOut
    portrait: Portrait
    messages: list[MessageBrief] = Field(description="Last ones, newest first.")
    contacts: list[TaskBrief] = Field(description="Follow-ups that were done, newest first.")
    tasks: list[TaskBrief] = Field(description="What else is open, the next due first.")
    complaints: list[ComplaintOut] = Field(description="Not settled, newest first; as far as the caller may see them.")
    cases: list[CaseOut] = Field(description="Win-back cases that run.")
    opinion: Opinion | None
    appointments: list[AppointmentOut] = Field(description="Those to come; without their notes.")
    offers: list[OfferOut] = Field(description="What may be offered in the case behind it, the best first.")
