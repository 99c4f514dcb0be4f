"""What a customer asked for that neither the archive nor the ledger of consents holds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base


class Pause(Base):
    """Until when a customer wants to hear nothing but receipts; null when they changed their mind."""

    __tablename__ = "pause"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)  # origin id: a merge never rewrites it
    until: Mapped[datetime | None]
    said_at: Mapped[datetime]
