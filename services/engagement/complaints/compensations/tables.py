"""Compensations."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret


class Compensation(Base):
    """One compensation, in base currency. `effect_id` is what it led to: of a refund the task to pay it."""

    __tablename__ = "compensation"
    compensation_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(index=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[Code]
    amount: Mapped[Decimal]
    reason: Mapped[str | None] = mapped_column(Secret)
    status: Mapped[Code] = mapped_column(index=True)
    proposed_by: Mapped[Label]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[Label | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Secret)
    effect_id: Mapped[UUID | None] = mapped_column(unique=True)
    version: Mapped[int]
    updated_at: Mapped[datetime]
