"""The queue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base


class AssignmentDue(Base):
    """When a canonical customer's owners are looked at next; null = when something changes."""

    __tablename__ = "assignment_due"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
