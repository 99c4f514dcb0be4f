"""What was told already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class ProviderReceipt(Base):
    """One thing that a provider told, by an id made of who told it and its own key."""

    __tablename__ = "provider_receipt"
    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[Code]
    provider: Mapped[Code]
    word: Mapped[Code]
    received_at: Mapped[datetime] = mapped_column(index=True)
