"""Answered surveys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code
from shared.crypto import SecretJson


class SurveyResponse(Base):
    """The answers to one survey, never edited. Public ones have no customer, but a ticket that is good for one.

    `choices` and `texts` are by question. `source` is the door: link, member, staff, public.
    """

    __tablename__ = "survey_response"
    __table_args__ = (Index("ix_survey_response_survey_id_answered_at", "survey_id", "answered_at"),)
    response_id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[UUID]
    survey_version: Mapped[int]
    invitation_id: Mapped[UUID | None] = mapped_column(unique=True)
    ticket_id: Mapped[UUID | None] = mapped_column(unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(index=True)  # origin id: a merge never rewrites it
    trigger: Mapped[Code]
    source: Mapped[Code]
    order_id: Mapped[UUID | None]
    complaint_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]
    nps: Mapped[int | None] = mapped_column(SmallInteger)
    csat: Mapped[int | None] = mapped_column(SmallInteger)
    ratings: Mapped[dict[str, Any]]
    choices: Mapped[dict[str, Any]]
    texts: Mapped[Any] = mapped_column(SecretJson, nullable=True)
    answered_at: Mapped[datetime]
    version: Mapped[int]
