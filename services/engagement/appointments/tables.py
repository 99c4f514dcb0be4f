"""Appointments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code
from shared.crypto import Secret

TAKES_TIME = text("status <> 'cancelled'")
SPAN = text("tstzrange(starts_at, ends_at)")


class Appointment(Base):
    """One time of a manager that a customer booked; neither is anywhere else meanwhile.

    `due_at` is when it is looked at next: to remind, then to see who did not come.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        ExcludeConstraint(("manager_id", "="), (SPAN, "&&"), where=TAKES_TIME, name="ex_appointment_manager"),
        ExcludeConstraint(("customer_id", "="), (SPAN, "&&"), where=TAKES_TIME, name="ex_appointment_customer"),
        Index("ix_appointment_manager_id_starts_at", "manager_id", "starts_at"),
    )
    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)  # origin id: a merge never rewrites it
    service_id: Mapped[UUID]
    manager_id: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    status: Mapped[Code]
    note: Mapped[str | None] = mapped_column(Secret)
    source: Mapped[Code]
    reminded_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
