"""The complaint policy, one row a version: what was decided under an old one stays explainable."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base


class ComplaintPolicy(Base):
    """One version of the policy. The highest one counts. `approval_from` is an amount in base currency."""

    __tablename__ = "complaint_policy"
    version: Mapped[int] = mapped_column(primary_key=True)
    owner_roles: Mapped[list[Any]]
    reopen_days: Mapped[int]
    approval_from: Mapped[Decimal]
    recorded_at: Mapped[datetime]
