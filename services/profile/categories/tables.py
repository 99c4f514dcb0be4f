"""Categories by the code that shops use."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Label


class ProductCategory(Base):
    """One category and the one that it lies in. A code not heard before makes a root."""

    __tablename__ = "product_category"
    category_id: Mapped[UUID] = mapped_column(primary_key=True)  # from the code
    code: Mapped[Label] = mapped_column(unique=True)
    parent: Mapped[Label | None] = mapped_column(index=True)
    titles: Mapped[dict[str, Any]]  # {zh, en}; empty until somebody names it
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
