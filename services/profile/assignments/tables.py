"""The history of owners; `customer_owner` has the present ones."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class AssignmentPeriod(Base):
    """From when to when somebody was a customer's owner in a role. The database refuses two at one instant."""

    __tablename__ = "assignment_period"
    __table_args__ = (
        ExcludeConstraint(
            ("customer_id", "="),
            ("role", "="),
            (text("tstzrange(valid_from, valid_until)"), "&&"),
            name="ex_assignment_period_owner",
        ),
        CheckConstraint("manager_id IS NOT NULL OR team_id IS NOT NULL", name="somebody"),
        Index("ix_assignment_period_customer_id_valid_from", "customer_id", "valid_from"),
        Index("ix_assignment_period_manager_id", "manager_id"),
    )
    period_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    role: Mapped[Code]
    manager_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    territory_id: Mapped[UUID | None]
    rule_id: Mapped[UUID | None]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    pinned: Mapped[bool]
    cause: Mapped[Code]


class AssignmentTurn(Base):
    """To whom a rule that goes round gave last."""

    __tablename__ = "assignment_turn"
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    manager_id: Mapped[UUID]
