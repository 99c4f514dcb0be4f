"""Schemes by kind and version. None is ever changed: a change is a new version."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class Scheme(Base):
    """One version of one kind of scheme; the newest counts. `settled_at`: when everybody had been assessed by it."""

    __tablename__ = "scheme"
    kind: Mapped[str] = mapped_column(primary_key=True)
    scheme_version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    cause: Mapped[str]
    effective_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
