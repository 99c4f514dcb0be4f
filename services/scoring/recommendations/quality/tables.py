"""Measured recall."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from services.scoring.baskets.tables import Level
from shared.db import EnumText


class RecommendationQuality(Base):
    """Recall among ten places on the last order day of a sample of customers; null where nobody wanted anything."""

    __tablename__ = "recommendation_quality"
    level: Mapped[Level] = mapped_column(EnumText(Level), primary_key=True)
    as_of: Mapped[datetime] = mapped_column(primary_key=True)
    customers: Mapped[int]
    personal: Mapped[float | None]  # of all they bought that day
    best_sellers: Mapped[float | None]
    customers_new: Mapped[int]
    personal_new: Mapped[float | None]  # of what they bought for the first time
    best_sellers_new: Mapped[float | None]
