"""Regions by code."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class Region(Base):
    """A province (level 1), prefecture (2) or county (3); a county without a prefecture stands under its province."""

    __tablename__ = "region"
    code: Mapped[Code] = mapped_column(primary_key=True)
    parent: Mapped[Code | None] = mapped_column(index=True)
    level: Mapped[int]
    titles: Mapped[dict[str, Any]]
