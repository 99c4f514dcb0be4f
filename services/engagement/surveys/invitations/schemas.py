"""Invitations on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.engagement.audiences.schemas import Audience
from shared.contracts.base import Code
from shared.web.schemas import Body, Out

InvitationStatus = Literal["pending", "sent", "answered", "expired", "declined", "failed"]
MOST = 500


class Invitees(Body):
    """Whom to invite now: customers by id, or everybody of an audience."""

    customer_ids: list[UUID] = Field(default=[], max_length=MOST, examples=[["01997a00-0000-7000-8000-000000000e01"]])
    audience: Audience | None = None
    occasion: Code | None = Field(
        default=None, description="Whoever was invited for it already is not invited again.", examples=["autumn-2026"]
    )

    @model_validator(mode="after")
    def _somebody(self) -> "Invitees":
        named = self.audience and (self.audience.include or self.audience.customer_ids)
        if bool(self.customer_ids) == bool(named):
            raise ValueError("name either customer_ids or an audience with include or customer_ids")
        return self


class Invited(Out):
    """What came of it: invitations that were not there before, or the job that makes them for an audience."""

    planned: int | None
    job_id: str | None = Field(description="Followed at `/jobs/{id}`.")


class InvitationOut(Out):
    """One invitation and how far it is."""

    id: UUID = Field(validation_alias="invitation_id")
    survey_id: UUID
    survey_version: int | None
    customer_id: UUID
    trigger: Code
    order_id: UUID | None
    complaint_id: UUID | None
    status: InvitationStatus
    reason: Code | None = Field(description="Why it failed or expired.", examples=["cooldown"])
    reminders: int
    happens_at: datetime
    asked_at: datetime | None
    sent_at: datetime | None
    valid_until: datetime | None
    ended_at: datetime | None
    message_id: UUID | None
