"""An order on the wire as a shop reports it, and what may be told about it afterwards."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints, model_validator

from services.profile.customers.schemas import TouchBody
from services.profile.identities.schemas import IdentityBody
from shared.contracts.base import Code, Instant, Label, Sku
from shared.contracts.profile import OrderStatus
from shared.web.schemas import Body, Many

Amount = Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 12, decimal_places=4, examples=["95.00"])]
Quantity = Annotated[Decimal, Field(gt=0, le=Decimal(10) ** 6, decimal_places=6, examples=["2"])]
Rate = Annotated[Decimal, Field(gt=0, lt=Decimal(10) ** 6, decimal_places=10)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
LineName = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
Identities = Annotated[list[IdentityBody], Field(min_length=1, max_length=20)]


class NewLine(Body):
    """One position, amounts in the order's currency."""

    line_id: Label | None = Field(default=None, description="By default its place, from 1.", examples=["1"])
    sku: Sku | None = Field(default=None, examples=["tea-01"])
    name: LineName | None = Field(default=None, examples=["Green tea"])
    category: Label | None = Field(default=None, examples=["tea"])
    brand: Label | None = None
    quantity: Quantity
    unit_price: Amount
    unit_cost: Amount | None = None
    discount: Amount = Field(default=Decimal(0), description="Off the whole line.")


class NewTotals(Body):
    """The shop's own sums. `total` wins over the sum of lines; a difference shows as `discrepancy`."""

    subtotal: Amount | None = Field(default=None, description="Only read when there are no lines.")
    discount: Amount | None = Field(default=None, description="All discounts; by default those of the lines.")
    shipping: Amount = Decimal(0)
    tax: Amount = Decimal(0)
    tax_included: bool = Field(default=False, description="Whether prices contain the tax.")
    tip: Amount = Decimal(0)
    total: Amount | None = None
    paid: Amount | None = Field(default=None, description="By default the total, once the order is paid.")


class PartOfLine(Body):
    """How much of one line a refund or a return is about."""

    line_id: Label
    quantity: Quantity | None = None
    amount: Amount | None = None


class RefundBase(Body):
    """What every way of telling a refund has."""

    refund_id: Label = Field(examples=["r-1"])
    currency: Currency | None = Field(default=None, description="By default that of the order; no other counts.")
    lines: list[PartOfLine] = Field(default=[], max_length=500)


class NewRefund(RefundBase):
    """Money given back, in the order's currency. An amount is required but for a refund of all that is left."""

    amount: Amount | None = Field(default=None, examples=["10.00"])
    refunded_at: Instant


class DirectRefund(RefundBase):
    """A refund of a known order, or of one still to come."""

    amount: Amount = Field(examples=["10.00"])
    refunded_at: Instant | None = Field(default=None, description="By default now.")

    def refund(self, now: datetime) -> NewRefund:
        """As an order keeps it."""
        return NewRefund(**{**dict(self), "refunded_at": self.refunded_at or now})


class NewParcel(Body):
    """One parcel and how far it is."""

    parcel_id: Label = Field(examples=["p-1"])
    carrier: Label | None = None
    tracking_number: Label | None = None
    promised_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None


class ParcelPatch(Body):
    """Progress of a parcel. What was said cannot be taken back, only changed."""

    carrier: Label | None = None
    tracking_number: Label | None = None
    promised_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "ParcelPatch":
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("a value cannot be taken back")
        return self


class ReturnedLine(Body):
    """How much of one line came back."""

    line_id: Label
    quantity: Quantity


class NewReturn(Body):
    """Goods that came back, or were exchanged."""

    return_id: Label = Field(examples=["rt-1"])
    kind: Literal["return", "exchange"] = "return"
    reason: Label | None = None
    lines: list[ReturnedLine] = Field(default=[], max_length=500)
    received_at: Instant | None = None


class OrderDocument(Body):
    """What an order is, apart from whose. This is what is stored."""

    source: Code = Field(description="The store or channel it comes from.", examples=["shop"])
    order_id: Label = Field(description="The shop's own order number.", examples=["A-1001"])
    number: Label | None = Field(default=None, description="What the customer calls it.", examples=["#1001"])
    order_version: int | None = Field(default=None, ge=0, lt=2**63, examples=[3])
    updated_at: Instant | None = None
    status: OrderStatus
    placed_at: Instant
    paid_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    cancelled_at: Instant | None = None
    cancel_reason: Label | None = None
    channel: Label | None = Field(default=None, examples=["web"])
    store_id: Label | None = None
    currency: Currency = Field(examples=["CNY"])
    rate: Rate | None = Field(default=None, description="Base currency per unit; by default of the day placed.")
    lines: list[NewLine] = Field(default_factory=list, max_length=500)
    totals: NewTotals = Field(default_factory=NewTotals)
    coupon_codes: list[Label] = Field(default_factory=list, max_length=50)
    referral_code: Label | None = None
    refunds: list[NewRefund] = Field(default_factory=list, max_length=500)
    parcels: list[NewParcel] = Field(default_factory=list, max_length=500)
    returns: list[NewReturn] = Field(default_factory=list, max_length=500)
    test: bool = Field(default=False, description="Stored, never counted.")


EXAMPLE: dict[str, Any] = {
    "source": "shop",
    "order_id": "A-1001",
    "order_version": 3,
    "updated_at": "2026-11-22T03:10:00Z",
    "identities": [{"kind": "external", "value": "u-77"}, {"kind": "phone", "value": "+8613800138000"}],
    "status": "paid",
    "placed_at": "2026-11-22T03:00:00Z",
    "paid_at": "2026-11-22T03:01:00Z",
    "channel": "web",
    "store_id": "sh-01",
    "currency": "CNY",
    "lines": [
        {
            "line_id": "1",
            "sku": "tea-01",
            "name": "Green tea",
            "category": "tea",
            "brand": "West Lake",
            "quantity": 2,
            "unit_price": "50.00",
            "discount": "5.00",
        }
    ],
    "totals": {"shipping": "0.00", "tax": "0.00", "total": "95.00"},
    "coupon_codes": ["TEA5"],
    "refunds": [{"refund_id": "r-1", "amount": "10.00", "refunded_at": "2026-11-25T08:00:00Z"}],
}


class NewOrder(OrderDocument):
    """One order as the shop knows it now: the whole of it, each time."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    identities: Identities
    touch: TouchBody | None = Field(default=None, description="What brought the customer to this order.")


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders a list shall hold; several values by comma."""

    customer_id: Annotated[UUID | None, Query(description="All linked ids are included.")] = None
    source: Annotated[Many[Code] | None, Query()] = None
    status: Annotated[Many[OrderStatus] | None, Query()] = None
    channel: Annotated[Many[Label] | None, Query()] = None
    store_id: Annotated[Many[Label] | None, Query()] = None
    sku: Annotated[Many[Sku] | None, Query(description="Orders with a line of one of these.")] = None
    placed_from: Annotated[Instant | None, Query()] = None
    placed_to: Annotated[Instant | None, Query(description="Excluded.")] = None
