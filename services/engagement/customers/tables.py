"""Projections of what profile and scoring say about customers. Addresses and names are not here: they are asked for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class Customer(Base):
    """The newest archive record of one customer id."""

    __tablename__ = "customer"
    __table_args__ = (Index("ix_customer_birthday", "birthday_month", "birthday_day"),)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[Code]
    kind: Mapped[Code]
    registered_at: Mapped[datetime] = mapped_column(index=True)
    locale: Mapped[Code]
    time_zone: Mapped[Code]
    region: Mapped[Code | None]
    birthday_calendar: Mapped[Code | None]
    birthday_month: Mapped[int | None]
    birthday_day: Mapped[int | None]
    birthday_leap: Mapped[bool | None]
    renewal_at: Mapped[date | None] = mapped_column(index=True)
    channels: Mapped[list[Any]]


class Consent(Base):
    """The newest state of one customer, purpose and channel."""

    __tablename__ = "consent"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[Code] = mapped_column(primary_key=True)
    channel: Mapped[Code] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[Code]
    effective_at: Mapped[datetime]


class Tier(Base):
    """The tier that a canonical customer holds."""

    __tablename__ = "tier"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    tier: Mapped[Code]


class Assessment(Base):
    """The newest value classes of one canonical customer."""

    __tablename__ = "assessment"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    rfm_class: Mapped[Code | None]
    value_class: Mapped[Code | None]
    lifecycle: Mapped[Code | None]
    plan: Mapped[Code | None]
