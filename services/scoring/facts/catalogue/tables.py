"""Facts about products and costs, amounts in base currency."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class ProductFact(Base):
    """One product as it stands; `use_days` says how long one unit lasts."""

    __tablename__ = "product_fact"
    sku: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    parent: Mapped[str | None]
    titles: Mapped[dict[str, Any]]
    category: Mapped[str]
    brand: Mapped[str | None]
    price: Mapped[Decimal]
    unit_cost: Mapped[Decimal | None]
    flags: Mapped[list[str]]
    use_days: Mapped[int | None]
    available: Mapped[list[dict[str, Any]]]
    relations: Mapped[list[dict[str, Any]]]


class UnitCostsFact(Base):
    """What things cost from an instant on, until the next list; the first list counts for all time before as well."""

    __tablename__ = "unit_costs_fact"
    effective_at: Mapped[datetime] = mapped_column(primary_key=True)
    version: Mapped[int]
    costs: Mapped[dict[str, Any]]
