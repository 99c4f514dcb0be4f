"""Offers of winning back."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title


class WinbackOffer(Base):
    """One offer. `value_from` is in base currency; the offer of the lowest rank that fits is proposed."""

    __tablename__ = "winback_offer"
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    kind: Mapped[Code]
    rank: Mapped[int]
    reasons: Mapped[list[Any]]
    value_from: Mapped[Decimal]
    template: Mapped[Code | None]
    purpose: Mapped[Code]
    topic: Mapped[Code]
    channels: Mapped[list[Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
