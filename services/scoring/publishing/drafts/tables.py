"""Schemes being edited."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from shared.db import EnumText


class DraftStatus(StrEnum):
    """What became of a draft."""

    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class SchemeDraft(Base):
    """A scheme being edited. `scheme_version` is what it was published as."""

    __tablename__ = "scheme_draft"
    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[DraftStatus] = mapped_column(EnumText(DraftStatus))
    content: Mapped[dict[str, Any]]
    version: Mapped[int]
    scheme_version: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
