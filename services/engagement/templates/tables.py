"""Templates as drafts, and their frozen versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class Template(Base):
    """A template being edited. `version` counts edits, `published_version` is the frozen one that messages use."""

    __tablename__ = "template"
    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    purpose: Mapped[Code]
    topic: Mapped[Code]
    context: Mapped[list[Any]]
    variables: Mapped[dict[str, Any]]
    channels: Mapped[dict[str, Any]]
    version: Mapped[int]
    published_version: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class TemplateVersion(Base):
    """A template as it was published: cleaned, inlined, never changed again."""

    __tablename__ = "template_version"
    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code]
    purpose: Mapped[Code]
    topic: Mapped[Code]
    context: Mapped[list[Any]]
    variables: Mapped[dict[str, Any]]
    channels: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
