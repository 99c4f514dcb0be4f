"""What was mined from the baskets of a level: the rules, the pairs behind them, and what is known of each item."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from shared.db import EnumText


class Level(StrEnum):
    """What an item is: a product, or the category it belongs to."""

    SKU = "sku"
    CATEGORY = "category"


class Mining(Base):
    """One mining of a level's baskets; the highest generation counts. `min_support` is the one that was applied."""

    __tablename__ = "basket_mining"
    level: Mapped[Level] = mapped_column(EnumText(Level), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    min_support: Mapped[float]
    min_confidence: Mapped[float]
    window_days: Mapped[int]
    baskets: Mapped[int]
    items: Mapped[int]
    pairs: Mapped[int]
    rules: Mapped[int]
    as_of: Mapped[datetime]  # orders up to here were seen


class ProductRule(Base):
    """Baskets with `item`, and with `beside` where it is given, also hold `consequent`; so many `baskets` hold all."""

    __tablename__ = "product_rule"
    level: Mapped[Level] = mapped_column(EnumText(Level), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 0, the most confident first
    item: Mapped[str]
    beside: Mapped[str | None]
    consequent: Mapped[str]
    baskets: Mapped[int]
    support: Mapped[Decimal] = mapped_column(Numeric(12, 10))
    confidence: Mapped[Decimal] = mapped_column(Numeric(12, 10))
    lift: Mapped[Decimal] = mapped_column(Numeric(18, 6))


class PairCount(Base):
    """How many baskets hold both. Of each item its most frequent companions are kept."""

    __tablename__ = "pair_count"
    level: Mapped[Level] = mapped_column(EnumText(Level), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    other: Mapped[str] = mapped_column(primary_key=True)
    baskets: Mapped[int]


class BasketItem(Base):
    """How many baskets hold an item; of a product also what it costs, and where that lies in its category, 0 to 1."""

    __tablename__ = "basket_item"
    __table_args__ = (
        Index("ix_basket_item_level_baskets", "level", "baskets"),
        Index("ix_basket_item_category_price", "category", "price"),
    )
    level: Mapped[Level] = mapped_column(EnumText(Level), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    baskets: Mapped[int]
    category: Mapped[str | None]
    price: Mapped[Decimal | None]
    tier: Mapped[float | None]
