"""Policies of service levels."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class SlaPolicy(Base):
    """What is promised. Of what it applies to one is the default. `minutes` are by priority and metric."""

    __tablename__ = "sla_policy"
    __table_args__ = (Index("uq_sla_policy_default", "applies_to", unique=True, postgresql_where=text('"default"')),)
    policy_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    applies_to: Mapped[Code]
    rank: Mapped[int]
    default: Mapped[bool]
    when: Mapped[dict[str, Any]]
    minutes: Mapped[dict[str, Any]]
    business_hours: Mapped[Code]
    escalations: Mapped[list[Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
