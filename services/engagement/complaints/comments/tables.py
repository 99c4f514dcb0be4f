"""Comments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret


class ComplaintComment(Base):
    """One thing that was said. `internal` is for staff alone."""

    __tablename__ = "complaint_comment"
    __table_args__ = (Index("ix_complaint_comment_complaint_id_created_at", "complaint_id", "created_at"),)
    comment_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID]
    customer_id: Mapped[UUID] = mapped_column(index=True)
    said_by: Mapped[Code]
    visibility: Mapped[Code]
    text: Mapped[str] = mapped_column(Secret)
    author: Mapped[Label]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
