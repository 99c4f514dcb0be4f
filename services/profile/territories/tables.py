"""Territories."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class Territory(Base):
    """Some regions with all that lies in them. Of several that hold a customer the most precise one counts."""

    __tablename__ = "territory"
    territory_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Label]
    parent_id: Mapped[UUID | None] = mapped_column(index=True)
    regions: Mapped[list[str]]
    team_id: Mapped[UUID | None] = mapped_column(index=True)
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
