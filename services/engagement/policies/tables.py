"""The sending policy, one row a version: what was decided under an old one stays explainable."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base


class SendingPolicy(Base):
    """One version of the policy. The highest one counts."""

    __tablename__ = "sending_policy"
    version: Mapped[int] = mapped_column(primary_key=True)
    caps: Mapped[list[Any]]
    quiet_hours: Mapped[dict[str, Any] | None]
    fallback_hours: Mapped[int]
    merchant: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
