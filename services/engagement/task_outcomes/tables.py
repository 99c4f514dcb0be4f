"""Outcomes of tasks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title


class TaskOutcome(Base):
    """One outcome. `result` is what it makes of the task; with `kinds` only tasks of these come to it."""

    __tablename__ = "task_outcome"
    outcome_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    result: Mapped[Code]
    kinds: Mapped[list[Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
