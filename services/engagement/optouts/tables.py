"""What was said; the ledger of consents is profile's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class Optout(Base):
    """One person's word on one channel that they want no more, known again by its id."""

    __tablename__ = "optout"
    optout_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    contact_id: Mapped[UUID | None]
    channel: Mapped[Code]
    purpose: Mapped[Code]
    received_at: Mapped[datetime] = mapped_column(index=True)
