"""Notes of staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Label
from shared.crypto import Secret


class Note(Base):
    """One note about one customer."""

    __tablename__ = "note"
    __table_args__ = (
        Index("ix_note_customer_id_created_at", "customer_id", "created_at"),
        Index("ix_note_archived_at", "archived_at", postgresql_where=text("archived_at IS NOT NULL")),
    )
    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]  # origin id: a merge never rewrites it
    text: Mapped[str] = mapped_column(Secret)
    author: Mapped[Label]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
