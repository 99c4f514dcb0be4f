"""Comments on tasks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Label
from shared.crypto import Secret


class TaskComment(Base):
    """One thing that staff said about a task; no customer ever sees it."""

    __tablename__ = "task_comment"
    __table_args__ = (Index("ix_task_comment_task_id_created_at", "task_id", "created_at"),)
    comment_id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    customer_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Secret)
    author: Mapped[Label]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
