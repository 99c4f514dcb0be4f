"""What others were told of a customer last."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from shared.contracts.base import Origin
from shared.db import EnumText


class Assessment(Base):
    """The published assessment of one canonical customer. Its version goes on after a merge and its undo.

    `details` holds the percentiles and confidences behind the levels, and the criteria, as they were told.
    """

    __tablename__ = "assessment"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    r: Mapped[int | None] = mapped_column(SmallInteger)
    f: Mapped[int | None] = mapped_column(SmallInteger)
    m: Mapped[int | None] = mapped_column(SmallInteger)
    rfm_class: Mapped[str | None]
    power: Mapped[str | None]
    frequency: Mapped[str | None]
    potential: Mapped[str | None]
    satisfaction: Mapped[str | None]
    loyalty: Mapped[str | None]
    churn: Mapped[str | None]
    value_class: Mapped[str | None]
    lifecycle: Mapped[str | None]
    cluster: Mapped[str | None]
    plan: Mapped[str | None]
    method: Mapped[str | None]
    clv_12m: Mapped[Decimal | None]
    churn_probability: Mapped[float | None]
    expected_orders_90d: Mapped[float | None]
    composite: Mapped[float | None]
    details: Mapped[dict[str, Any]]
    scheme_version: Mapped[int]
    origin: Mapped[Origin] = mapped_column(EnumText(Origin))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
