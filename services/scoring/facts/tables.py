"""Facts as they came, under the customer id they came with: a merge never touches them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base
from shared.contracts.base import Origin
from shared.db import EnumText


class OrderFact(Base):
    """One order as it stands, amounts in base currency. `net` is what is left of the total after refunds."""

    __tablename__ = "order_fact"
    __table_args__ = (Index("ix_order_fact_uncosted", "uncosted", postgresql_using="gin"),)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    origin: Mapped[Origin] = mapped_column(EnumText(Origin))
    occurred_at: Mapped[datetime]
    source: Mapped[str]
    shop_order_id: Mapped[str]
    channel: Mapped[str | None]
    store_id: Mapped[str | None]
    status: Mapped[str]
    test: Mapped[bool]
    counted: Mapped[bool]
    placed_at: Mapped[datetime]
    subtotal: Mapped[Decimal]
    discount: Mapped[Decimal]
    total: Mapped[Decimal]
    refunded: Mapped[Decimal]
    net: Mapped[Decimal]
    units: Mapped[Decimal]
    returned_units: Mapped[Decimal]
    returns: Mapped[int]
    coupons: Mapped[int]
    costed_sales: Mapped[Decimal]  # net of the lines whose cost is known, and what they earned
    margin: Mapped[Decimal]
    uncosted: Mapped[list[str]]  # products of the lines without a cost of their own: today's cost counts for these
    refunded_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    lines: Mapped[list[dict[str, Any]]]


class ActivityFact(Base):
    """One customer's behaviour of one business day."""

    __tablename__ = "activity_fact"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int]
    last_at: Mapped[datetime]
    view: Mapped[int]
    search: Mapped[int]
    cart_add: Mapped[int]
    cart_remove: Mapped[int]
    checkout: Mapped[int]
    enquiry: Mapped[int]
    login: Mapped[int]
    categories: Mapped[dict[str, Any]]


class MessageFact(Base):
    """One message to a customer and how far it got; `skus` are the products it recommended, by slot."""

    __tablename__ = "message_fact"
    __table_args__ = (Index("ix_message_fact_occurred_at", "occurred_at", postgresql_where=text("skus <> '[]'")),)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    channel: Mapped[str]
    purpose: Mapped[str]
    status: Mapped[str]
    occurred_at: Mapped[datetime]
    skus: Mapped[list[str]]


class Heard(Base):
    """When a customer was last heard of live, orders apart: something they did or said, or a contact with them."""

    __tablename__ = "heard"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Arrival(Base):
    """When facts of an origin last came in; it tells when an import has ended."""

    __tablename__ = "arrival"
    origin: Mapped[Origin] = mapped_column(EnumText(Origin), primary_key=True)
    last_at: Mapped[datetime]
