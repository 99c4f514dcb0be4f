"""Categories and root causes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class ComplaintTerm(Base):
    """A category or a root cause. The code is the path in the tree: `delivery.late` stands under `delivery`."""

    __tablename__ = "complaint_term"
    __table_args__ = (UniqueConstraint("kind", "code"),)
    term_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    code: Mapped[Code]
    names: Mapped[dict[str, Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
