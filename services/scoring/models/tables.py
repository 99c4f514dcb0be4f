"""Fitted models: what was learned, in plain JSON, and how good it is."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from shared.db import EnumText


class ModelStatus(StrEnum):
    """Where a model stands."""

    CANDIDATE = "candidate"
    IN_FORCE = "in_force"
    RETIRED = "retired"


class Model(Base):
    """One fit of one kind. Never changed but for its status; `number` counts the fits of a kind."""

    __tablename__ = "model"
    __table_args__ = (
        Index("uq_model_kind_in_force", "kind", unique=True, postgresql_where=text("status = 'in_force'")),
        UniqueConstraint("kind", "number"),
    )
    model_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    number: Mapped[int]
    status: Mapped[ModelStatus] = mapped_column(EnumText(ModelStatus))
    content: Mapped[dict[str, Any]]
    card: Mapped[dict[str, Any]]
    as_of: Mapped[datetime]  # facts up to here were seen
    fitted_at: Mapped[datetime]
