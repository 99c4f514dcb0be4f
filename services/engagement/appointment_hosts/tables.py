"""Hours of managers who receive customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class AppointmentHost(Base):
    """The week of one manager, wall time of the business: intervals by day. No `services` = all of them."""

    __tablename__ = "appointment_host"
    manager_id: Mapped[UUID] = mapped_column(primary_key=True)
    services: Mapped[list[Any]]
    weekly: Mapped[dict[str, Any]]
    calendar: Mapped[Code | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
