"""Tasks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret

OPEN = text("status = 'open'")


class Task(Base):
    """One follow-up of a customer. Priority 1 is the most urgent.

    Who looks after the customer in `role` has it, whoever that is now, unless `owner_id` or `team_id` says who else;
    `collaborators` are managers of any team who work on it, too.
    `dedupe_key` names what it was opened for, so that this opens no second one; `facts` are the codes and numbers of
    it. `escalates_at` is when it is looked at because nobody has done it.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_open", "priority", "due_at", "task_id", postgresql_where=OPEN),
        Index("ix_task_owner_id", "owner_id", postgresql_where=text("owner_id IS NOT NULL")),
        Index("ix_task_escalates_at", "escalates_at", postgresql_where=text("escalates_at IS NOT NULL")),
    )
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    dedupe_key: Mapped[Label] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)  # origin id: a merge never rewrites it
    kind: Mapped[Code]
    status: Mapped[Code]
    cause: Mapped[Code]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    follows_id: Mapped[UUID | None]
    subject: Mapped[str | None] = mapped_column(Secret)
    script: Mapped[str | None] = mapped_column(Secret)
    facts: Mapped[dict[str, Any]]
    priority: Mapped[int]
    role: Mapped[Code]
    owner_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    collaborators: Mapped[list[Any]]
    due_at: Mapped[datetime] = mapped_column(index=True)
    rescheduled: Mapped[int]
    escalates_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    outcome: Mapped[Code | None]
    note: Mapped[str | None] = mapped_column(Secret)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    version: Mapped[int]
