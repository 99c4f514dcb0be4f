"""Invitations to surveys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label

MESSAGE = "survey:%s:%s"  # what a message is known by: invitation, number; Python and PostgreSQL fill it in alike


class SurveyInvitation(Base):
    """One time that a survey asks a customer, once for ever per occasion (`trigger_ref`).

    `version` is that of the fact it was planned from, so a newer fact may move it; one that was looked at has the
    highest there is. `happens_at` is when it is meant, `due_at` when it is looked at next: to ask, to remind, to end.
    """

    __tablename__ = "survey_invitation"
    __table_args__ = (
        UniqueConstraint("survey_id", "customer_id", "trigger_ref"),
        Index("ix_survey_invitation_asked", "message_id", postgresql_where=text("status = 'pending'")),
    )
    invitation_id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[UUID]
    customer_id: Mapped[UUID] = mapped_column(index=True)  # origin id: a merge never rewrites it
    trigger: Mapped[Code]
    trigger_ref: Mapped[Label]
    version: Mapped[int]
    order_id: Mapped[UUID | None]
    complaint_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]  # who had the case when it was closed
    happens_at: Mapped[datetime]
    survey_version: Mapped[int | None]
    status: Mapped[Code]
    reason: Mapped[Code | None]
    message_id: Mapped[UUID | None]
    reminders: Mapped[int]
    asked_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    planned_at: Mapped[datetime] = mapped_column(index=True)
