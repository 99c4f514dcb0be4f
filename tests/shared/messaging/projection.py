"""A little service for these tests: it keeps the latest state of each order, and each message once."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import db, linking
from shared.contracts.base import Topic
from shared.contracts.engagement import MessageRecorded
from shared.contracts.examples import examples
from shared.contracts.profile import OrderRecorded
from shared.crypto import Secret
from shared.db import NAMING, NEWER, NOTHING, put
from shared.ids import new_id
from shared.messaging import outbox
from shared.messaging.handlers import Handlers, Message, handlers, on, on_topic


class Base(db.Base):
    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


class SeenOrder(Base):
    __tablename__ = "seen_order"
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    version: Mapped[int]
    total: Mapped[Decimal]
    lines: Mapped[list[Any]]
    note: Mapped[str | None] = mapped_column(Secret)


class SeenRecord(Base):
    __tablename__ = "seen_record"
    record_id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]


def record_orders(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    linking.ensure(session, [event.customer_id for event in events])
    put(session, SeenOrder, [row(event) for event in events], on_conflict=NEWER)


def thank(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    """Publishes one message per order event, to see that a reaction carries its cause's trace."""
    message = examples(MessageRecorded)[0]
    outbox.add(session, [message.model_copy(update={"message_id": new_id()}) for _ in events])


def take(session: Session, messages: Sequence[Message], now: datetime) -> None:
    rows = [{"record_id": m.headers.get("ce_id", "none"), "body": m.value.decode()} for m in messages]
    put(session, SeenRecord, rows, on_conflict=NOTHING)


def row(event: OrderRecorded) -> dict[str, Any]:
    return {
        "order_id": event.order_id,
        "customer_id": event.customer_id,
        "version": event.version,
        "total": event.totals.total,
        "lines": [line.model_dump(mode="json") for line in event.lines],
        "note": f"order {event.shop_order_id}",
    }


HANDLERS: Handlers = handlers(on(OrderRecorded, record_orders), on_topic(Topic.COMMERCE, take))


def order(version: int = 1, **changes: Any) -> OrderRecorded:
    """An order event about an order and a customer of their own, unless `changes` names them."""
    fresh = {"order_id": new_id(), "customer_id": new_id(), "version": version}
    return examples(OrderRecorded)[0].model_copy(update=fresh | changes)
