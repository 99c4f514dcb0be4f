"""The newest state of each order. No personal data, and no more than messages and care need."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label


class OrderState(Base):
    """One order as profile last described it. Amounts in base currency; `charged` has them in another `currency`.

    What was told before that was, `rate` turns back.
    """

    __tablename__ = "order_state"
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    shop_order_id: Mapped[Label]
    status: Mapped[Code]
    test: Mapped[bool]
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    currency: Mapped[Code]
    rate: Mapped[Decimal] = mapped_column(Numeric(24, 10))
    total: Mapped[Decimal]
    charged: Mapped[dict[str, Any] | None]
    lines: Mapped[list[Any]]
