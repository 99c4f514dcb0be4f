"""Account managers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code
from shared.crypto import Secret


class Manager(Base):
    """An account manager. Nobody is given to one who is away, full or archived."""

    __tablename__ = "manager"
    __table_args__ = (
        Index("ix_manager_absence_due_at", "absence_due_at", postgresql_where=text("absence_due_at IS NOT NULL")),
    )
    manager_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(Secret)
    team_id: Mapped[UUID] = mapped_column(index=True)
    leads: Mapped[bool]  # the team and all below it
    capacity: Mapped[int | None]  # customers at most; null = no limit
    regions: Mapped[list[str]]  # where they serve; empty = everywhere
    languages: Mapped[list[str]]
    absent_from: Mapped[datetime | None]
    absent_until: Mapped[datetime | None]  # null = until further notice
    absence_due_at: Mapped[datetime | None]  # when it begins or ends, and customers are looked at again
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
