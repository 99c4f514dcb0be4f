"""Surveys as drafts, and their frozen versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class Survey(Base):
    """A survey being edited. `version` counts edits, `published_version` is the frozen one that is asked.

    `link_code` opens a public survey. `live_since` bounds what may trigger an invited one, `planned_on` is the last
    business day for which a periodic one was planned. `hindrance` is why it was paused by itself.
    """

    __tablename__ = "survey"
    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    titles: Mapped[dict[str, Any]]
    questions: Mapped[list[Any]]
    trigger: Mapped[dict[str, Any]]
    audience: Mapped[dict[str, Any]]
    template: Mapped[Code | None]
    channels: Mapped[list[Any]]
    valid_days: Mapped[int]
    reminder_days: Mapped[list[Any]]
    cooldown_days: Mapped[int]
    low_score: Mapped[dict[str, Any] | None]
    link_code: Mapped[Code | None] = mapped_column(unique=True)
    status: Mapped[Code]
    live_since: Mapped[datetime | None]
    planned_on: Mapped[date | None]
    hindrance: Mapped[dict[str, Any] | None]
    version: Mapped[int]
    published_version: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class SurveyVersion(Base):
    """What a survey asked since it was published, never changed again: answers are read by it."""

    __tablename__ = "survey_version"
    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    titles: Mapped[dict[str, Any]]
    questions: Mapped[list[Any]]
    low_score: Mapped[dict[str, Any] | None]
    published_at: Mapped[datetime]
