"""Who is in which segments."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class SegmentsOf(Base):
    """All segments that hold one canonical customer now."""

    __tablename__ = "segments_of"
    __table_args__ = (Index("ix_segments_of_members", "members", postgresql_using="gin"),)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    members: Mapped[list[Any]]
