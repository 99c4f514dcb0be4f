"""Dated facts about organisations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret


class OrganisationFact(Base):
    """What was known of one organisation at one day."""

    __tablename__ = "organisation_fact"
    __table_args__ = (Index("ix_organisation_fact_organisation_id_as_of", "organisation_id", "as_of"),)
    fact_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]  # origin id: a merge never rewrites it
    kind: Mapped[Code]
    value: Mapped[Any] = mapped_column(JSONB)  # a code or a number
    as_of: Mapped[date]
    source: Mapped[Label | None]
    text: Mapped[str | None] = mapped_column(Secret)
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
