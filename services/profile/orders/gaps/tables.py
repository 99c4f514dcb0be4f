"""Skus of orders that the catalogue did not know, and what they came to."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Sku


class ProductGap(Base):
    """One sku, counted from the orders; it is no gap any more once the catalogue knows it."""

    __tablename__ = "product_gap"
    sku: Mapped[Sku] = mapped_column(primary_key=True)
    orders: Mapped[int]
    revenue: Mapped[Decimal]  # base currency
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # when it must be counted next
