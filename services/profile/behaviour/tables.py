"""Behaviour events, and what they come to for each customer and day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label, Sku
from shared.crypto import Secret


class BehaviourEvent(Base):
    """One thing somebody did. Never changed; a repeated message is the same event."""

    __tablename__ = "behaviour_event"
    __table_args__ = (
        Index("ix_behaviour_event_customer_id_day", "customer_id", "day"),
        Index("ix_behaviour_event_occurred_at", "occurred_at", postgresql_using="brin"),
    )
    source: Mapped[Code] = mapped_column(primary_key=True)
    message_id: Mapped[Label] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]  # origin id, a customer's or a visitor's: a merge never rewrites it
    name: Mapped[Label]
    measure: Mapped[Code | None]  # which count of the day it raises
    category: Mapped[Label | None]
    sku: Mapped[Sku | None]
    occurred_at: Mapped[datetime]
    day: Mapped[date]  # in the business zone
    properties: Mapped[str | None] = mapped_column(Secret)
    origin: Mapped[Code]
    recorded_at: Mapped[datetime]


class ActivityDay(Base):
    """The events of one customer or visitor on one day, counted. Made again from the events whenever one arrives."""

    __tablename__ = "activity_day"
    __table_args__ = (
        UniqueConstraint("customer_id", "day"),
        Index("ix_activity_day_publish_at", "publish_at"),
        Index("ix_activity_day_last_at", "last_at", postgresql_using="brin"),
        Index(
            "ix_activity_day_unpublished",
            "customer_id",
            postgresql_where=text("publish_at IS NULL AND published_version = 0"),
        ),
    )
    activity_id: Mapped[UUID] = mapped_column(primary_key=True)  # from customer and day
    customer_id: Mapped[UUID]
    day: Mapped[date]
    counts: Mapped[dict[str, Any]]
    categories: Mapped[dict[str, Any]]
    last_at: Mapped[datetime]
    origin: Mapped[Code]
    version: Mapped[int]
    published_version: Mapped[int]
    published_at: Mapped[datetime | None]
    publish_at: Mapped[datetime | None]  # a due time; never set for a visitor nobody identified
    recorded_at: Mapped[datetime]
