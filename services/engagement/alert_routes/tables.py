"""Ways to staff."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code, Title
from shared.crypto import SecretJson


class AlertRoute(Base):
    """One way. `target` is where it leads and what opens it; `to` says of which escalations it is told."""

    __tablename__ = "alert_route"
    route_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    kind: Mapped[Code]
    target: Mapped[dict[str, str]] = mapped_column(SecretJson)
    causes: Mapped[list[Any]]
    to: Mapped[list[Any]]
    locale: Mapped[Code]
    enabled: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
