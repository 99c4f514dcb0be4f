"""Merges as asked for, and the last change of every link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class Merge(Base):
    """One decision that some ids are one person, by staff or automatic."""

    __tablename__ = "merge"
    merge_id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(index=True)
    cause: Mapped[Code]
    status: Mapped[Code]  # merged, undone
    version: Mapped[int]
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class MergeEdge(Base):
    """One absorbed id of a merge. While active it is the only one of that id, so the ids form a forest."""

    __tablename__ = "merge_edge"
    __table_args__ = (
        Index("uq_merge_edge_active", "absorbed_id", unique=True, postgresql_where=text("active")),
        Index("ix_merge_edge_absorbed_id", "absorbed_id"),
        Index("ix_merge_edge_survivor_id", "survivor_id"),
    )
    merge_id: Mapped[UUID] = mapped_column(primary_key=True)
    absorbed_id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID]
    active: Mapped[bool]


class LinkChange(Base):
    """What moved a customer id last; `customer_ref` has where it points to and the version."""

    __tablename__ = "link_change"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    merge_id: Mapped[UUID]
    cause: Mapped[Code]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
