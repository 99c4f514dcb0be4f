"""Orders: one row each, with all that was ever told of it and what follows from that."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class CustomerOrder(Base):
    """One order of one shop. `held` = only a refund, return or parcel came yet: no customer, no document.

    `document` and `additions` are what was told; the other columns follow from them and may be made again.
    """

    __tablename__ = "customer_order"
    __table_args__ = (
        UniqueConstraint("source", "shop_order_id"),
        Index("ix_customer_order_customer_id_placed_at", "customer_id", "placed_at"),
        Index("ix_customer_order_placed_at_order_id", "placed_at", "order_id"),
        Index("ix_customer_order_lines", "lines", postgresql_using="gin", postgresql_ops={"lines": "jsonb_path_ops"}),
    )
    order_id: Mapped[UUID] = mapped_column(primary_key=True)  # from source and shop order id
    source: Mapped[Code]
    shop_order_id: Mapped[Label]
    customer_id: Mapped[UUID | None]  # origin id: a merge never rewrites it
    guest: Mapped[bool]  # nobody is named yet: the customer is a visitor, and nothing is published
    status: Mapped[Code]
    test: Mapped[bool]
    channel: Mapped[Label | None]
    store_id: Mapped[Label | None]
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    currency: Mapped[Code]
    rate: Mapped[Decimal] = mapped_column(Numeric(20, 10))
    base_total: Mapped[Decimal]
    base_net: Mapped[Decimal]
    lines: Mapped[list[Any]]  # base currency, as in the event
    document: Mapped[dict[str, Any] | None]  # the newest, without identities
    additions: Mapped[list[Any]]  # refunds, returns, parcels, steps told apart from it
    order_version: Mapped[int]  # these four: the rank of the document
    shop_updated_at: Mapped[datetime]
    received_at: Mapped[datetime]
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    origin: Mapped[Code]
    version: Mapped[int]
    created_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
