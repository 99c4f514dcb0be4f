"""Reports on the archive, and what there is to look after."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class QualityReport(Base):
    """How good the archive was when all of it had been checked."""

    __tablename__ = "quality_report"
    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    as_of: Mapped[datetime] = mapped_column(index=True)
    customers: Mapped[int]
    counts: Mapped[dict[str, Any]]  # {check: [customers asked about, wrong, wrong and set aside]}


class QualityItem(Base):
    """One thing that was wrong with one customer when last checked. Gone with the fault."""

    __tablename__ = "quality_item"
    __table_args__ = (
        UniqueConstraint("customer_id", "code"),
        # A page of some checks is merged from one range of each, in order, however many customers are wrong.
        Index("ix_quality_item_code_status_registered_at", "code", "status", "registered_at", "item_id"),
    )
    item_id: Mapped[UUID] = mapped_column(primary_key=True)  # derived from customer and check
    customer_id: Mapped[UUID]
    code: Mapped[Code]  # of the check
    status: Mapped[Code]  # open, dismissed
    registered_at: Mapped[datetime]  # of the customer, by which the list is in order
    found_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[Label | None]
    dismissed_until: Mapped[datetime | None]  # a check after that opens it again; null = it stays so
