"""Products, and what was said of them before."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label, Sku


class Product(Base):
    """One product as it stands. `document` is what was told; the other columns follow from it and from the time."""

    __tablename__ = "product"
    sku: Mapped[Sku] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    titles: Mapped[dict[str, Any]]
    category: Mapped[Label] = mapped_column(index=True)
    brand: Mapped[Label | None] = mapped_column(index=True)
    flags: Mapped[list[str]]
    available: Mapped[list[dict[str, Any]]]
    price: Mapped[Decimal]  # in force now, base currency
    unit_cost: Mapped[Decimal | None]  # base currency
    source: Mapped[Code | None]  # who told the document
    told_at: Mapped[datetime]  # when it was true there: the newest document wins
    version: Mapped[int]
    since: Mapped[datetime]  # from when this version counts; never before the one before
    created_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # when time alone changes the price


class ProductVersion(Base):
    """One version as it was recorded. Never changed."""

    __tablename__ = "product_version"
    sku: Mapped[Sku] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]]
    price: Mapped[Decimal]
    unit_cost: Mapped[Decimal | None]
    source: Mapped[Code | None]
    since: Mapped[datetime]
    recorded_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
