"""The newest state of each product, no more than care needs."""

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Sku


class Product(Base):
    """One product; `use_days` is how long one unit lasts."""

    __tablename__ = "product"
    sku: Mapped[Sku] = mapped_column(primary_key=True)
    version: Mapped[int]
    use_days: Mapped[int | None]
