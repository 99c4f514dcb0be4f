"""An order as we answer it: what the shop told, and what it adds up to, in the order's own currency."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.profile.orders.rules import Order
from services.profile.orders.schemas import OrderDocument
from services.profile.orders.standing.rules import Standing
from services.profile.orders.totals.rules import LineState
from shared.contracts.base import Instant, Money, Number
from shared.contracts.profile import OrderStatus
from shared.money import rounded
from shared.web.schemas import Out


class TotalsOut(Out):
    """The sums; `net` is what was paid less what was refunded."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    tax_included: bool = Field(description="Whether prices contain the tax; else it stands beside them.")
    tip: Money = Field(description="Part of the total, of no line.")
    total: Money
    paid: Money
    refunded: Money
    net: Money


class LineOut(Out):
    """One line; `net` is what it brought after discounts and refunds."""

    line_id: str
    sku: str | None
    name: str | None
    category: str | None
    brand: str | None
    quantity: Number
    unit_price: Money
    unit_cost: Money | None
    discount: Money
    net: Money
    refunded_quantity: Number
    returned_quantity: Number

    @classmethod
    def of(cls, line: LineState) -> "LineOut":
        """The answer for a line."""
        own = {name: getattr(line, name) for name in ("line_id", "discount", "net")}
        quantities = {name: getattr(line, name) for name in ("refunded_quantity", "returned_quantity")}
        return cls.model_construct(**{**vars(line.reported), **own, **quantities})


class PartOfLineOut(Out):
    """How much of one line a refund or a return is about."""

    line_id: str
    quantity: Number | None = None
    amount: Money | None = None


class RefundOut(Out):
    """Money given back."""

    refund_id: str
    amount: Money
    refunded_at: Instant
    lines: list[PartOfLineOut]


class ParcelOut(Out):
    """One parcel and how far it is."""

    parcel_id: str
    carrier: str | None
    tracking_number: str | None
    promised_at: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None


class ReturnOut(Out):
    """Goods that came back, or were exchanged."""

    return_id: str
    kind: Literal["return", "exchange"]
    reason: str | None
    lines: list[PartOfLineOut]
    received_at: Instant | None


class Discrepancy(Out):
    """What does not fit together; null where it does."""

    lines: Money | None = Field(default=None, description="The shop's total less what its lines say.")
    refunds: Money | None = Field(default=None, description="Refunds beyond what was paid.")
    foreign_refunds: Money | None = Field(default=None, description="Refunds in another currency, not counted.")


class OrderOut(Out):
    """One order as it stands now. `customer_id` is the customer it was reported for."""

    id: UUID
    version: int
    customer_id: UUID
    source: str
    order_id: str
    number: str | None
    order_version: int | None
    updated_at: Instant | None
    status: OrderStatus
    test: bool
    placed_at: Instant
    paid_at: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    cancelled_at: Instant | None
    cancel_reason: str | None
    channel: str | None
    store_id: str | None
    currency: str
    rate: Number
    totals: TotalsOut
    lines: list[LineOut]
    refunds: list[RefundOut]
    parcels: list[ParcelOut]
    returns: list[ReturnOut]
    coupon_codes: list[str]
    referral_code: str | None
    discrepancy: Discrepancy | None
    created_at: Instant

    @classmethod
    def of(cls, order: Order) -> "OrderOut":
        """The answer for an order; it must not be held."""
        return cls.model_construct(**_fields(order))


class ReportedOut(OrderOut):
    """An order after a report of it, and what the report did."""

    outcome: Literal["created", "updated", "unchanged"]

    @classmethod
    def after(cls, order: Order, outcome: str) -> "ReportedOut":
        """The answer to a report."""
        return cls.model_construct(**_fields(order) | {"outcome": outcome})


class HeldOut(Out):
    """An order nobody reported yet: what came is kept and counts as soon as it does."""

    id: UUID
    source: str
    order_id: str
    status: Literal["held"] = "held"


class PurchaseOut(Out):
    """What a customer bought of one article or category, by orders that count, in base currency."""

    sku: str | None
    category: str | None
    orders: int
    quantity: Number
    net: Money
    currency: str
    first_at: Instant
    last_at: Instant


def _fields(order: Order) -> dict[str, Any]:
    """The fields of an answer. All of it was checked when it came in, so nothing is checked again."""
    if order.document is None or order.stands is None:
        raise ValueError("a held order has no answer of its own")
    return {
        "id": order.order_id,
        "version": order.version,
        "customer_id": order.customer_id,
        "rate": order.rate,
        "created_at": order.created_at,
        **_told(order.document),
        **_standing(order.stands),
        "totals": _totals(order.document, order.stands),
    }


def _told(document: OrderDocument) -> dict[str, Any]:
    names: tuple[str, ...] = ("source", "order_id", "order_version", "updated_at", "test", "channel", "store_id")
    names += ("currency", "number", "cancel_reason", "coupon_codes", "referral_code")
    return {name: getattr(document, name) for name in names}


def _totals(document: OrderDocument, now: Standing) -> TotalsOut:
    told = document.totals
    tip = rounded(told.tip, document.currency)
    return TotalsOut.model_construct(None, **now.totals, tip=tip, tax_included=told.tax_included)


def _standing(now: Standing) -> dict[str, Any]:
    names = ("status", "placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at")
    return {
        **{name: getattr(now, name) for name in names},
        "lines": [LineOut.of(line) for line in now.lines],
        "refunds": [RefundOut.model_validate(one) for one in now.refunds],
        "parcels": [ParcelOut.model_validate(one) for one in now.parcels],
        "returns": [ReturnOut.model_validate(one) for one in now.returns],
        "discrepancy": Discrepancy(**now.discrepancy) if now.discrepancy else None,
    }
