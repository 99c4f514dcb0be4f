"""Every statement about orders."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Numeric,
    Row,
    Select,
    Text,
    column,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.links import usecases as links
from services.profile.orders.additions.rules import Addition
from services.profile.orders.rules import Order, Rank, reference
from services.profile.orders.schemas import OrderDocument, OrderFilter
from services.profile.orders.tables import CustomerOrder
from shared import linking, ownership
from shared.auth.caller import Caller
from shared.contracts.base import Origin
from shared.contracts.profile import Line, OrderRecorded
from shared.db import NOTHING, REPLACE, among, put
from shared.errors import NotFound
from shared.messaging.republish import Selection
from shared.money import exponent
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

COLUMNS = tuple(CustomerOrder.__table__.c)
TAKEN_IN = CustomerOrder.customer_id.is_not(None)
SORTS = {"placed_at": (CustomerOrder.placed_at, CustomerOrder.order_id)}
COUNTING = ("paid", "shipped", "delivered")
LINE = (
    func.jsonb_to_recordset(CustomerOrder.lines)
    .table_valued(
        column("sku", Text),
        column("category", Text),
        column("quantity", Numeric),
        column("refunded_quantity", Numeric),
        column("net", Numeric),
    )
    .render_derived("line", with_types=True)
)
LINES: TypeAdapter[list[Line]] = TypeAdapter(list[Line])
TIMES = ("paid_at", "shipped_at", "delivered_at", "cancelled_at")
FROM_EVENT = ("status", "test", "channel", "store_id", "placed_at", *TIMES, "currency")
HELD_COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("channel", "store_id", "document", *TIMES)),
    **{"status": "held", "test": False, "base_total": Decimal(0), "base_net": Decimal(0), "lines": []},
}


def lock(session: Session, order_ids: Collection[UUID]) -> dict[UUID, Order]:
    """The orders there are, in their present state, kept from everybody else until the transaction ends."""
    wanted = select(*COLUMNS).where(among(CustomerOrder.order_id, order_ids))
    rows = session.execute(wanted.order_by(CustomerOrder.order_id).with_for_update())
    return {row.order_id: loaded(row) for row in rows}


def loaded(row: Row[Any]) -> Order:
    """The order of a row."""
    return Order(
        order_id=row.order_id,
        source=row.source,
        shop_order_id=row.shop_order_id,
        created_at=row.created_at,
        additions=[Addition.load(one) for one in row.additions],
        document=None if row.document is None else OrderDocument.model_validate(row.document),
        rank=Rank(row.order_version, row.shop_updated_at, row.received_at, bytes(row.body_hash)),
        rate=row.rate.normalize(),
        customer_id=row.customer_id,
        guest=row.guest,
        version=row.version,
    )


def insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Store new orders; the ids of those that nobody else stored meanwhile."""
    stored = put(session, CustomerOrder, rows, on_conflict=NOTHING, returning=["order_id"])
    return {row.order_id for row in stored}


def update(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write orders that `lock` gave out."""
    put(session, CustomerOrder, rows, on_conflict=REPLACE)


def row_of(order: Order, event: OrderRecorded | None, origin: Origin, now: datetime) -> dict[str, Any]:
    """An order as a row. `event` is its present state as published; none while it is held."""
    told = {
        "order_id": order.order_id,
        "source": order.source,
        "shop_order_id": order.shop_order_id,
        "customer_id": order.customer_id,
        "guest": order.guest,
        "additions": [one.stored() for one in order.additions],
        "order_version": order.rank.order_version,
        "shop_updated_at": order.rank.updated_at,
        "received_at": order.rank.received_at,
        "body_hash": order.rank.body_hash,
        "rate": order.rate,
        "origin": origin.value,
        "version": order.version,
        "created_at": order.created_at,
        "recorded_at": now,
    }
    if event is None or order.document is None:
        return told | HELD_COLUMNS | {"placed_at": order.created_at, "currency": deployment().base_currency}
    document = order.document.model_dump_json(exclude={"identities", "touch"}, exclude_unset=True)
    derived = {name: getattr(event, name) for name in FROM_EVENT}
    totals = {"base_total": event.totals.total, "base_net": event.totals.net}
    facts = {"lines": orjson.Fragment(LINES.dump_json(event.lines)), "document": orjson.Fragment(document)}
    return told | derived | totals | facts


def found(session: Session, path: str) -> Order:
    """One order, by our id or the shop's; raises NotFound, also while it is only held."""
    order_id, _ = reference(path)
    row = session.execute(select(*COLUMNS).where(CustomerOrder.order_id == order_id, TAKEN_IN)).one_or_none()
    if row is None:
        raise NotFound("There is no such order.")
    return loaded(row)


def listed(session: Session, wanted: OrderFilter, page: PageRequest, caller: Caller) -> Listing[Any]:
    """One page of orders, as far as the caller may see them."""
    statement = select(*COLUMNS).where(TAKEN_IN, *_conditions(wanted))
    statement = ownership.narrowed(statement, CustomerOrder.customer_id, caller)
    if wanted.customer_id is not None:
        statement = statement.where(_belongs_to(session, wanted.customer_id))
    return _page(session, statement, page)


def of_customer(session: Session, customer_id: UUID, page: PageRequest) -> Listing[Any]:
    """One page of a customer's orders, of all linked ids. Raises NotFound."""
    own = among(CustomerOrder.customer_id, links.person(session, customer_id).member_ids)
    return _page(session, select(*COLUMNS).where(own), page)


def purchases(session: Session, customer_id: UUID, by: str, page: PageRequest) -> Listing[Any]:
    """What a customer bought, by `sku` or `category`, over orders that count. Raises NotFound."""
    own = among(CustomerOrder.customer_id, links.person(session, customer_id).member_ids)
    line = LINE
    key = func.coalesce(line.c[by], "")
    base, placed = deployment().base_currency, CustomerOrder.placed_at
    bought = (
        select(
            func.max(line.c.sku).label("sku") if by == "sku" else null().label("sku"),
            func.max(line.c.category).label("category"),
            func.count(CustomerOrder.order_id.distinct()).label("orders"),
            func.trim_scale(func.sum(line.c.quantity - line.c.refunded_quantity)).label("quantity"),
            func.round(func.sum(line.c.net), exponent(base)).label("net"),
            func.min(placed).label("first_at"),
            func.max(placed).label("last_at"),
            literal(base).label("currency"),
            key.label("key"),
        )
        .select_from(CustomerOrder)
        .join(line, true())
        .where(own, CustomerOrder.status.in_(COUNTING), ~CustomerOrder.test)
        .group_by(key)
        .subquery()
    )
    sorts = {"last_at": (bought.c.last_at, bought.c.key), "net": (bought.c.net, bought.c.key)}
    return paginate(session, select(*bought.c), page, sorts, default="-last_at")


def _conditions(wanted: OrderFilter) -> Iterator[ColumnElement[bool]]:
    for name in ("source", "status", "channel", "store_id"):
        if (values := getattr(wanted, name)) is not None:
            yield getattr(CustomerOrder, name).in_(values)
    if wanted.placed_from is not None:
        yield CustomerOrder.placed_at >= wanted.placed_from
    if wanted.placed_to is not None:
        yield CustomerOrder.placed_at < wanted.placed_to
    if wanted.sku is not None:
        yield or_(*(CustomerOrder.lines.contains([{"sku": sku}]) for sku in wanted.sku))


def _belongs_to(session: Session, customer_id: UUID) -> ColumnElement[bool]:
    canonical = linking.canonical(session, [customer_id])[customer_id]
    return among(CustomerOrder.customer_id, linking.members(session, [canonical])[canonical])


def _page(session: Session, statement: Select[Any], page: PageRequest) -> Listing[Any]:
    rows = paginate(session, statement, page, SORTS, default="-placed_at")
    return Listing[Any].model_construct(items=[loaded(row) for row in rows.items], next_cursor=rows.next_cursor)


def selected(session: Session, selection: Selection) -> list[tuple[Order, datetime]]:
    """One page of orders by id, each with the time it was recorded."""
    statement = select(*COLUMNS).where(TAKEN_IN, ~CustomerOrder.guest)
    whose, changed = CustomerOrder.customer_id, CustomerOrder.recorded_at
    page = selection.narrowed(statement, CustomerOrder.order_id, customer_id=whose, changed_at=changed)
    return [(loaded(row), row.recorded_at) for row in session.execute(page)]
