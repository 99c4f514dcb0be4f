"""Cases of disclosure."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class DisclosureCase(Base):
    """One customer's request, by way of their shop, to learn what is known of them."""

    __tablename__ = "disclosure_case"
    __table_args__ = (Index("ix_disclosure_case_due_at_disclosure_id", "due_at", "disclosure_id"),)
    disclosure_id: Mapped[UUID] = mapped_column(primary_key=True)  # from the source and the shop's number
    source_id: Mapped[UUID]
    request_id: Mapped[Label]  # the shop's number
    customer_id: Mapped[UUID | None] = mapped_column(index=True)  # origin id; none where nobody was recognised
    order_ids: Mapped[list[str]]  # as the shop calls them
    status: Mapped[Code]  # open, answered
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    version: Mapped[int]
