"""What scoring keeps of a customer's archive."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class Customer(Base):
    """A known customer. Facts may come earlier: an id without this row is a stub in `customer_ref` only."""

    __tablename__ = "customer"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    kind: Mapped[str]
    registered_at: Mapped[datetime]
    source: Mapped[str]
    region: Mapped[str | None]
    income_band: Mapped[str | None]
    standing: Mapped[int] = mapped_column(SmallInteger)  # in their trade, 0 to 5
    followers: Mapped[int]
    referrer_id: Mapped[UUID | None] = mapped_column(index=True)  # who brought them
    facts: Mapped[dict[str, Any]]  # of an organisation by kind: what was known, and of which day
