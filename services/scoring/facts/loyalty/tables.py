"""Facts about taking part."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class PointsFact(Base):
    """The points account of one id; `earned_12m` is of the twelve months before its last entry."""

    __tablename__ = "points_fact"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    available: Mapped[int]
    earned_12m: Mapped[int]
    occurred_at: Mapped[datetime]


class ReferralFact(Base):
    """Somebody whom the customer recommended us to."""

    __tablename__ = "referral_fact"
    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    referee_id: Mapped[UUID | None] = mapped_column(index=True)
    status: Mapped[str]
    occurred_at: Mapped[datetime]


class ParticipationFact(Base):
    """The customer's part in an activity, a course or the community."""

    __tablename__ = "participation_fact"
    participation_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    kind: Mapped[str]
    status: Mapped[str]
    occurred_at: Mapped[datetime]


class BenefitFact(Base):
    """What the customer is entitled to, how much of it was used, and what that cost in base currency."""

    __tablename__ = "benefit_fact"
    entitlement_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    benefit: Mapped[str]
    status: Mapped[str]
    used: Mapped[int]
    cost: Mapped[Decimal | None]
    occurred_at: Mapped[datetime]
