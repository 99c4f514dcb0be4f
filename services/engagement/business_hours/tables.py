"""Business hours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title


class BusinessHours(Base):
    """The hours of a week in one zone; `calendar` says which days are holidays and which are made up for."""

    __tablename__ = "business_hours"
    hours_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    time_zone: Mapped[Code]
    calendar: Mapped[Code | None]
    weekly: Mapped[dict[str, Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
