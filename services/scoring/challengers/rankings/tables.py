"""The head of a ranking of customers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class RankedCustomer(Base):
    """One of the likeliest customers of a target, under the canonical id of that day."""

    __tablename__ = "ranked_customer"
    __table_args__ = (Index("ix_ranked_customer_target_probability", "target", "probability"),)
    target: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    probability: Mapped[float]
    as_of: Mapped[datetime]
