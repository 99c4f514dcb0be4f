"""API keys, and the one or two secrets that each of them has at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.gateway.base import Base


class ApiKey(Base):
    """A back end's or a tracking library's credential, without its secret."""

    __tablename__ = "api_key"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    scopes: Mapped[list[str]]
    manager_id: Mapped[UUID | None]  # whose customers alone it sees
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int]


class ApiKeySecret(Base):
    """A keyed hash of a secret; the secret itself is shown once and stored nowhere."""

    __tablename__ = "api_key_secret"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(index=True)
    hash: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Issued:
    """A key and its text, which nobody can show again."""

    key: ApiKey
    text: str
