"""Sources by the code that shops send, and what their webhooks are signed with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret


class Source(Base):
    """One store or channel. A code not heard before makes one; an archived one stays readable."""

    __tablename__ = "source"
    source_id: Mapped[UUID] = mapped_column(primary_key=True)  # from the code
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    name: Mapped[Label]
    currency: Mapped[Code | None]
    time_zone: Mapped[Code | None]
    status: Mapped[Code]  # active, disabled
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class SourceSecret(Base):
    """What a platform signs its webhooks with. Two are good while one replaces the other."""

    __tablename__ = "source_secret"
    __table_args__ = (Index("ix_source_secret_source_id_created_at", "source_id", "created_at"),)
    secret_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID]
    secret: Mapped[str] = mapped_column(Secret)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
