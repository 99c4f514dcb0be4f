"""Alerts of staff."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class StaffAlert(Base):
    """One escalation on one way. Its id is made of both, so that it is told once, for ever.

    `subject_id` is what escalated, `facts` are codes, numbers and times of it. `due_at` is when it is looked at next:
    to hand it over, or, while `sending`, to give it up as `unknown`.
    """

    __tablename__ = "staff_alert"
    alert_id: Mapped[UUID] = mapped_column(primary_key=True)
    route_id: Mapped[UUID] = mapped_column(index=True)
    cause: Mapped[Code]
    subject_id: Mapped[UUID] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]
    status: Mapped[Code]
    reason: Mapped[Code | None]
    tries: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
