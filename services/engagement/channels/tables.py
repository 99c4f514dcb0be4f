"""The channels and who delivers for each."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code
from shared.crypto import SecretJson


class Channel(Base):
    """One way to customers. Without a `provider` the deployment's own choice counts: SMTP if set, else the sink.

    `credentials` holds what each provider was told, by provider. `paced_until` is up to when the minute is used.
    """

    __tablename__ = "channel"
    kind: Mapped[Code] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    provider: Mapped[Code | None]
    sender: Mapped[dict[str, Any]]
    credentials: Mapped[dict[str, dict[str, str]] | None] = mapped_column(SecretJson)
    rate_per_minute: Mapped[int | None]
    paced_until: Mapped[datetime | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]
