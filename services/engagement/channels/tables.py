"""The channels and who delivers for each."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class Channel(Base):
    """One way to customers. Without a `provider` the deployment's own choice counts: SMTP if set, else the sink."""

    __tablename__ = "channel"
    kind: Mapped[Code] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    provider: Mapped[Code | None]
    sender: Mapped[dict[str, Any]]
    version: Mapped[int]
    updated_at: Mapped[datetime]
