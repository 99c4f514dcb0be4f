"""Assignment rules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class AssignmentRule(Base):
    """Whom a manager or team gets. An empty condition holds for everybody; without a target the territory's team."""

    __tablename__ = "assignment_rule"
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Label]
    role: Mapped[Code]
    priority: Mapped[int]
    regions: Mapped[list[str]]
    tiers: Mapped[list[str]]
    value_classes: Mapped[list[str]]
    segment_ids: Mapped[list[str]]
    manager_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    method: Mapped[Code]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
