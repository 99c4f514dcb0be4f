"""What customers score now, and what they scored before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, SmallInteger, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from services.scoring.base import Base


class Rfm(Base):
    """The scores of one canonical customer who has a counted order."""

    __tablename__ = "rfm"
    __table_args__ = (Index("ix_rfm_r_f_m", "r", "f", "m"),)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    r: Mapped[int] = mapped_column(SmallInteger)
    f: Mapped[int] = mapped_column(SmallInteger)
    m: Mapped[int] = mapped_column(SmallInteger)
    rfm_class: Mapped[str]
    scheme_version: Mapped[int]
    since: Mapped[datetime]


class RfmHistory(Base):
    """From when on a customer had a class; null = none any more."""

    __tablename__ = "rfm_history"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    r: Mapped[int | None] = mapped_column(SmallInteger)
    f: Mapped[int | None] = mapped_column(SmallInteger)
    m: Mapped[int | None] = mapped_column(SmallInteger)
    rfm_class: Mapped[str | None]
    scheme_version: Mapped[int]


NEXT = aliased(RfmHistory)
UNTIL = (
    select(func.min(NEXT.since))
    .where(NEXT.customer_id == RfmHistory.customer_id, NEXT.since > RfmHistory.since)
    .correlate(RfmHistory)
    .scalar_subquery()
)
