"""The policy of tasks, one row a version."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class TaskPolicy(Base):
    """One version of the policy. The highest one counts."""

    __tablename__ = "task_policy"
    version: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Code]
    escalate_after_hours: Mapped[int]
    low_score: Mapped[dict[str, Any]]
    by_hand: Mapped[dict[str, Any]]
    winback: Mapped[dict[str, Any] | None]
    recorded_at: Mapped[datetime]
