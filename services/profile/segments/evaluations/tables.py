"""Memberships, what was told of them, and their history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class SegmentMember(Base):
    """One canonical customer who is in a segment now."""

    __tablename__ = "segment_member"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    segment_version: Mapped[int]
    entered_at: Mapped[datetime]
    __table_args__ = (Index("ix_segment_member_segment_id_entered_at", "segment_id", "entered_at", "customer_id"),)


class SegmentState(Base):
    """How a customer was judged last, and what was told then. Its lock lets only one judge a customer at a time."""

    __tablename__ = "segment_state"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    linked: Mapped[list[Any] | None]  # the other ids of the person; null before the first judgement
    next_at: Mapped[datetime | None]  # when time alone may change a verdict
    cause: Mapped[Code | None]
    entered: Mapped[list[Any]]  # as last told: {segment_id, segment_version}
    left: Mapped[list[Any]]
    origin: Mapped[Code | None]
    occurred_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]


class SegmentMove(Base):
    """One customer entering or leaving a segment. Never changed."""

    __tablename__ = "segment_move"
    __table_args__ = (
        Index("ix_segment_move_segment_id_at", "segment_id", "at"),
        Index("ix_segment_move_at", "at", postgresql_using="brin"),
    )
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    entered: Mapped[bool]
    segment_version: Mapped[int]
    cause: Mapped[Code]
    at: Mapped[datetime]
