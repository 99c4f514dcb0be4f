"""Exchange rates by day."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class ExchangeRate(Base):
    """The price of one unit of a currency in base currency, from a day until the next one named."""

    __tablename__ = "exchange_rate"
    currency: Mapped[Code] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(20, 10))
    version: Mapped[int]
    recorded_at: Mapped[datetime]
