"""Facts about regions by day, and one strategy for each."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code
from shared.crypto import Secret


class RegionFacts(Base):
    """The market in a region as it was on a day. `market_size` is a year's, in base currency."""

    __tablename__ = "region_facts"
    code: Mapped[Code] = mapped_column(primary_key=True)
    as_of: Mapped[date] = mapped_column(primary_key=True)
    households: Mapped[int | None]
    firms: Mapped[int | None]
    market_size: Mapped[Decimal | None]
    competitors: Mapped[list[dict[str, Any]]]
    recorded_at: Mapped[datetime]


class RegionStrategy(Base):
    """What the merchant means to do in a region."""

    __tablename__ = "region_strategy"
    code: Mapped[Code] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(Secret)
    owner_id: Mapped[UUID | None]
    review_on: Mapped[date | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]
