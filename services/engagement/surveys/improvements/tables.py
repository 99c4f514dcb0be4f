"""Improvement actions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title
from shared.crypto import Secret


class ImprovementAction(Base):
    """Something done about one aspect: of one survey, or of all that ask customers."""

    __tablename__ = "improvement_action"
    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    aspect: Mapped[Code]
    survey_id: Mapped[UUID | None]
    title: Mapped[Title]
    note: Mapped[str | None] = mapped_column(Secret)
    owner_id: Mapped[UUID | None]
    window_days: Mapped[int]
    status: Mapped[Code]
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
