"""What may be booked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class AppointmentService(Base):
    """One thing that may be booked. `lead_hours`, `days_ahead` and `cancel_hours` bound when; `template` reminds."""

    __tablename__ = "appointment_service"
    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    titles: Mapped[dict[str, Any]]
    kind: Mapped[Code]
    minutes: Mapped[int]
    lead_hours: Mapped[int]
    days_ahead: Mapped[int]
    cancel_hours: Mapped[int]
    remind_hours: Mapped[int | None]
    template: Mapped[Code]
    channels: Mapped[list[Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
