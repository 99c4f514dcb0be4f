"""Proposed duplicates, why they are proposed, and by what customers are compared."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class Duplicate(Base):
    """Two customers who may be one person, for staff to judge."""

    __tablename__ = "duplicate"
    __table_args__ = (
        UniqueConstraint("customer_id", "other_id"),
        Index("ix_duplicate_status_score", "status", "score"),
    )
    duplicate_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    other_id: Mapped[UUID] = mapped_column(index=True)
    score: Mapped[float] = mapped_column(Float)
    status: Mapped[Code]  # open, dismissed
    version: Mapped[int]
    created_at: Mapped[datetime]


class DuplicateReason(Base):
    """One thing that speaks for a pair being one person."""

    __tablename__ = "duplicate_reason"
    duplicate_id: Mapped[UUID] = mapped_column(ForeignKey(Duplicate.duplicate_id, ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Code] = mapped_column(primary_key=True)
    score: Mapped[float] = mapped_column(Float)


class MatchKey(Base):
    """A keyed hash of what a customer would share with a duplicate: only who shares one is ever compared."""

    __tablename__ = "match_key"
    __table_args__ = (Index("ix_match_key_kind_hash", "kind", "hash"),)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Code] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
