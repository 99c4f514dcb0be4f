"""Households. Who belongs to one stands in the records of the customers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base


class Household(Base):
    """One household."""

    __tablename__ = "household"
    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    head_id: Mapped[UUID | None]  # origin id of the member after whom it is called
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
