"""Declared attributes. Their values stand in the record of each customer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class Attribute(Base):
    """One attribute that customers may have."""

    __tablename__ = "attribute"
    attribute_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[Code] = mapped_column(unique=True)
    type: Mapped[Code]  # text, choice, number, bool, day
    titles: Mapped[dict[str, Any]]
    values: Mapped[list[str]]  # of a choice
    shared: Mapped[bool]  # told to other services
    pii: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
