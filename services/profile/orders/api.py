"""Orders over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Path, Response
from sqlalchemy.orm import Session

from services.profile.orders import repository, usecases
from services.profile.orders.additions import usecases as additions
from services.profile.orders.additions.rules import Addition
from services.profile.orders.answers.schemas import HeldOut, OrderOut, PurchaseOut, ReportedOut
from services.profile.orders.rules import ReportedOrder
from services.profile.orders.schemas import DirectRefund, NewOrder, NewParcel, NewReturn, OrderFilter, ParcelPatch
from services.profile.orders.usecases import Outcome
from shared.contracts.base import Origin
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.grouping import Grouped
from shared.web.routing import OWN, REQUIRED, Router
from shared.web.schemas import Listing

router = Router("", tag="Orders")
OrderPath = Annotated[
    str,
    Path(
        max_length=200, description="Our id, or `<source>:<order id>` as the shop calls it.", examples=["shop:A-1001"]
    ),
]


def take_in(session: Session, orders: Sequence[ReportedOrder], now: datetime) -> list[Outcome]:
    """Single live reports as one group."""
    return usecases.report(session, orders, origin=Origin.LIVE, now=now)


REPORTS = Grouped(take_in)


@router.post("/orders", scope="profile:write", status_code=201, location="/orders/{id}")
async def report_order(body: NewOrder, response: Response, now: Now) -> ReportedOut:
    """Report an order as the shop knows it now: 201 for a new one, else 200 with `outcome` updated or unchanged.

    Idempotent by source and order id. The newest version wins, in whatever order they come.
    """
    outcome = await REPORTS.submit(ReportedOrder(body, now))
    answer = ReportedOut.after(outcome.accepted(), outcome.status)
    response.status_code = 201 if outcome.status == "created" else 200
    return answer


@router.get("/orders", scope="profile:read", managers=OWN)
def list_orders(
    session: ReadSession, page: Page, wanted: Annotated[OrderFilter, Depends()], caller: CurrentCaller
) -> Listing[OrderOut]:
    """Orders by customer, source, status, channel, store, time placed, article."""
    return _answers(repository.listed(session, wanted, page, caller))


@router.get("/orders/{order}", scope="profile:read", managers=OWN)
def get_order(order: OrderPath, session: ReadSession, caller: CurrentCaller) -> OrderOut:
    """One order as it stands now."""
    return OrderOut.of(usecases.read(session, order, caller))


@router.post(
    "/orders/{order}/refunds", scope="profile:write", idempotency=REQUIRED, status_code=201, location="/orders/{id}"
)
def refund_order(
    order: OrderPath, body: DirectRefund, session: WriteSession, now: Now, response: Response
) -> OrderOut | HeldOut:
    """Refund a part or all of what was paid: 201, 200 when known already, 202 held while the order is not known.

    More than is left is refused.
    """
    refund = body.refund(now)
    return _told(additions.tell(session, order, Addition("refund", refund.refunded_at, refund), now), response)


@router.post(
    "/orders/{order}/shipments", scope="profile:write", idempotency=REQUIRED, status_code=201, location="/orders/{id}"
)
def add_shipment(
    order: OrderPath, body: NewParcel, session: WriteSession, now: Now, response: Response
) -> OrderOut | HeldOut:
    """Add a parcel. The order is shipped with the first and delivered with the last one."""
    return _told(additions.tell(session, order, Addition("parcel", now, body), now), response)


@router.patch("/orders/{order}/shipments/{parcel_id}", scope="profile:write")
def move_shipment(
    order: OrderPath, parcel_id: str, body: ParcelPatch, *, session: WriteSession, now: Now, version: IfMatch
) -> OrderOut:
    """Note how far a parcel is. `If-Match` is the order's ETag."""
    outcome = additions.move_parcel(session, order, parcel_id, body, version=version, now=now)
    return OrderOut.of(outcome.accepted())


@router.post(
    "/orders/{order}/returns", scope="profile:write", idempotency=REQUIRED, status_code=201, location="/orders/{id}"
)
def return_goods(
    order: OrderPath, body: NewReturn, session: WriteSession, now: Now, response: Response
) -> OrderOut | HeldOut:
    """Goods of an order that came back, or are exchanged."""
    return _told(additions.tell(session, order, Addition("return", body.received_at or now, body), now), response)


@router.get("/customers/{customer_id}/orders", scope="profile:read", member=OWN)
def list_orders_of_customer(customer_id: UUID, session: ReadSession, page: Page) -> Listing[OrderOut]:
    """All orders of a customer, of all linked ids."""
    return _answers(repository.of_customer(session, customer_id, page))


@router.get("/customers/{customer_id}/purchases", scope="profile:read")
def list_purchases(
    customer_id: UUID, session: ReadSession, page: Page, by: Literal["sku", "category"] = "sku"
) -> Listing[PurchaseOut]:
    """What a customer bought, by article or category; orders that count, less refunds, in base currency."""
    rows = repository.purchases(session, customer_id, by, page)
    return Listing(items=[PurchaseOut.model_validate(row) for row in rows.items], next_cursor=rows.next_cursor)


def _answers(page: Listing[Any]) -> Listing[OrderOut]:
    return Listing(items=[OrderOut.of(order) for order in page.items], next_cursor=page.next_cursor)


def _told(outcome: Outcome, response: Response) -> OrderOut | HeldOut:
    order = outcome.accepted()
    response.status_code = {"updated": 201, "unchanged": 200}.get(outcome.status, 202)
    if order.document is None:
        return HeldOut(id=order.order_id, source=order.source, order_id=order.shop_order_id)
    return OrderOut.of(order)
