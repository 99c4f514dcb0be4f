"""Erasures as asked for, and what came of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class Erasure(Base):
    """One person to be forgotten: `requested`, then `erased` here, then `completed` everywhere.

    `counts` are rows by service and table, `proof` their SHA-256. `erase_at` is a due time, null once erased here.
    """

    __tablename__ = "erasure"
    erasure_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)  # canonical when it was asked for
    member_ids: Mapped[list[str]]
    status: Mapped[Code]
    requested_by: Mapped[Label]  # a key or a member of staff, by id
    requested_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    erase_at: Mapped[datetime | None] = mapped_column(index=True)
    completed_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
    proof: Mapped[Code | None]
    version: Mapped[int]
