"""Permissions that are left. The address is known by its hash only, as it is where it is suppressed."""

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class ChannelCredit(Base):
    """How many messages of one registered template an address of a channel may still get."""

    __tablename__ = "channel_credit"
    __table_args__ = (CheckConstraint("remaining >= 0", name="not_below_zero"),)
    channel: Mapped[Code] = mapped_column(primary_key=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    provider_template: Mapped[Code] = mapped_column(primary_key=True)
    remaining: Mapped[int]
