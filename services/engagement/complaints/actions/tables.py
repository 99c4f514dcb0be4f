"""Corrective and preventive actions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title
from shared.crypto import Secret


class CorrectiveAction(Base):
    """Something done about a root cause, a category, or both. `window_days` is how long before and after is compared.

    `due_on` is the business day by whose end it should be done; `effective` is what was judged when it was verified.
    """

    __tablename__ = "corrective_action"
    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    title: Mapped[Title]
    note: Mapped[str | None] = mapped_column(Secret)
    root_cause: Mapped[Code | None]
    category: Mapped[Code | None]
    complaint_id: Mapped[UUID | None] = mapped_column(index=True)
    owner_id: Mapped[UUID | None]
    due_on: Mapped[date | None]
    window_days: Mapped[int]
    status: Mapped[Code]
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    effective: Mapped[bool | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
