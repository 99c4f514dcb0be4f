"""One row of numbers and levels per customer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base

Number = Mapped[float | None]


class Score(Base):
    """Derived, under the canonical id; null = not known. Amounts in base currency, chances and shares from 0 to 1.

    `declared` has level, value and percentile of each declared dimension by its code.
    """

    __tablename__ = "score"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    method: Mapped[str]

    p_alive: Number
    purchase_rate: Number  # orders in 30 days
    churn_probability: Number  # of no order within H
    silence_surprise: Number
    next_order_days: Number
    expected_orders_h: Number
    expected_orders_90d: Number
    expected_orders_12m: Number
    order_value: Number
    clv_12m: Number = mapped_column(index=True)
    margin_12m: Number
    confidence: Number = mapped_column(REAL)

    power: Number = mapped_column(REAL)
    power_percentile: Number = mapped_column(REAL)
    frequency: Number = mapped_column(REAL)
    frequency_percentile: Number = mapped_column(REAL)
    potential: Number = mapped_column(REAL)
    potential_percentile: Number = mapped_column(REAL)
    satisfaction: Number = mapped_column(REAL)
    loyalty: Number = mapped_column(REAL)
    loyalty_percentile: Number = mapped_column(REAL)

    criterion_revenue: Number = mapped_column(REAL)
    criterion_loyalty: Number = mapped_column(REAL)
    criterion_influence: Number = mapped_column(REAL)
    criterion_growth: Number = mapped_column(REAL)
    composite: Number = mapped_column(REAL, index=True)
    composite_percentile: Number = mapped_column(REAL)

    power_level: Mapped[str]
    frequency_level: Mapped[str]
    potential_level: Mapped[str]
    satisfaction_level: Mapped[str]
    loyalty_level: Mapped[str]
    churn_level: Mapped[str]
    value_class: Mapped[str] = mapped_column(index=True)
    lifecycle: Mapped[str]
    declared: Mapped[dict[str, Any]]
