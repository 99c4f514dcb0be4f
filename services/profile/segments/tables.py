"""Segments as they are edited, and as they were published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Title
from shared.kept import mark_of


class Segment(Base):
    """One segment as it is edited. `version` counts edits; what counts is the published version."""

    __tablename__ = "segment"
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    kind: Mapped[Code]
    rule: Mapped[dict[str, Any] | None]
    version: Mapped[int]
    published_version: Mapped[int | None]
    settled_version: Mapped[int | None]  # the version by which everybody has been judged
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    @property
    def status(self) -> str:
        """How far it is: draft, publishing, published, archived."""
        if self.archived_at is not None:
            return "archived"
        if self.published_version is None:
            return "draft"
        return "published" if self.settled_version == self.published_version else "publishing"


class SegmentUse(Base):
    """Something beyond segments that rests on one, such as `assignment_rule/<id>`."""

    __tablename__ = "segment_use"
    used_by: Mapped[Code] = mapped_column(primary_key=True)
    segment_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class SegmentVersion(Base):
    """A rule as it was published. Never changed."""

    __tablename__ = "segment_version"
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[dict[str, Any] | None]
    cause: Mapped[Code]  # publish, rollback
    published_at: Mapped[datetime]


# Another text whenever others count, or other versions of them; for a statement that asks it on the way.
MARK = select(
    mark_of(
        select(Segment.segment_id, Segment.published_version, Segment.settled_version)
        .where(Segment.archived_at.is_(None), Segment.published_version.is_not(None))
        .subquery()
    )
)
