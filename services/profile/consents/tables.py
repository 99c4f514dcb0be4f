"""The consent ledger, the state it adds up to, and the purposes there are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret


class ConsentEntry(Base):
    """One grant or withdrawal. Never changed, never deleted but by erasure."""

    __tablename__ = "consent_entry"
    __table_args__ = (Index("ix_consent_entry_customer_id_effective_at", "customer_id", "effective_at"),)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]  # origin id: a merge never rewrites it
    purpose: Mapped[Code]
    channel: Mapped[Code]
    state: Mapped[Code]
    source: Mapped[Label]
    evidence: Mapped[str | None] = mapped_column(Secret)
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Consent(Base):
    """What counts now for one customer, purpose and channel."""

    __tablename__ = "consent"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[Code] = mapped_column(primary_key=True)
    channel: Mapped[Code] = mapped_column(primary_key=True)
    state: Mapped[Code]
    source: Mapped[Label]
    entry_id: Mapped[UUID]  # the entry that decides
    effective_at: Mapped[datetime]
    version: Mapped[int]
    recorded_at: Mapped[datetime]


class ConsentPurpose(Base):
    """Something a customer can agree to: a class (marketing, service) or a topic of one."""

    __tablename__ = "consent_purpose"
    purpose: Mapped[Code] = mapped_column(primary_key=True)
    purpose_class: Mapped[Code]
    titles: Mapped[dict[str, Any]]
