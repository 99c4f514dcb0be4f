"""From the order events of the e-commerce specification to documents and additions of orders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from services.profile.base import deployment
from services.profile.behaviour.schemas import NewEvent
from services.profile.orders.additions.rules import Addition, Step
from services.profile.orders.rules import ReportedOrder, Told, order_id_of
from services.profile.orders.schemas import NewOrder, NewRefund
from shared.contracts.base import is_readable
from shared.errors import FieldError, Invalid
from shared.money import is_currency, rounded
from shared.web.validation import field_errors

LONGEST = 128
ORDER_EVENTS = frozenset({"order completed", "completed order", "order updated", "order refunded", "order cancelled"})
AMOUNTS = ("subtotal", "shipping", "tax", "discount", "total")


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a tracking event tells of an order: a document, or something apart from one."""

    order: ReportedOrder | None = None
    told: Told | None = None


def is_about_an_order(name: str) -> bool:
    """Whether an event goes through the order use case."""
    return name.strip().casefold() in ORDER_EVENTS


def purchase_of(event: NewEvent, received_at: datetime) -> Purchase:
    """The order, refund or cancellation that an event tells of. Raises Invalid when it tells too little."""
    order_id = _text(event.properties.get("order_id") or event.properties.get("orderId"))
    if order_id is None:
        raise _invalid([FieldError("properties.order_id", "required", "which order it is about")])
    tell = TELLING[event.name.strip().casefold()]
    try:
        return tell(event, order_id, received_at)
    except ValidationError as error:
        raise _invalid([_of_properties(one) for one in field_errors(error.errors())]) from None


def _completed(event: NewEvent, order_id: str, received_at: datetime) -> Purchase:
    """A completed order is paid; when it was placed is remembered even if a later update replaces it."""
    at = event.occurred_at
    steps = (Addition("step", at, Step(step="placed", at=at)), Addition("step", at, Step(step="paid", at=at)))
    return Purchase(ReportedOrder(_document(event, order_id, "paid"), received_at, steps))


def _updated(event: NewEvent, order_id: str, received_at: datetime) -> Purchase:
    return Purchase(ReportedOrder(_document(event, order_id, "placed"), received_at))


def _refunded(event: NewEvent, order_id: str, received_at: datetime) -> Purchase:
    """Without a total all that is left was given back."""
    properties, currency = event.properties, _currency(event.properties)
    total = _amount(properties.get("total"), currency)
    body = {
        "refund_id": _text(properties.get("refund_id")) or event.message_id,
        "amount": None if total is None else abs(total),
        "currency": currency if properties.get("currency") else None,
        "refunded_at": event.occurred_at,
    }
    return _addition(event, order_id, Addition("refund", event.occurred_at, NewRefund.model_validate(body)))


def _cancelled(event: NewEvent, order_id: str, received_at: datetime) -> Purchase:
    at = event.occurred_at
    return _addition(event, order_id, Addition("step", at, Step(step="cancelled", at=at)))


TELLING: Mapping[str, Callable[[NewEvent, str, datetime], Purchase]] = {
    "order completed": _completed,
    "completed order": _completed,
    "order updated": _updated,
    "order refunded": _refunded,
    "order cancelled": _cancelled,
}


def _addition(event: NewEvent, order_id: str, addition: Addition) -> Purchase:
    return Purchase(told=Told(order_id_of(event.source, order_id), event.source, order_id, (addition,)))


def _document(event: NewEvent, order_id: str, status: str) -> NewOrder:
    properties, currency = event.properties, _currency(event.properties)
    listed = properties.get("products")
    products = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    coupons = {_text(one.get("coupon")) for one in (properties, *products)}
    return NewOrder.model_validate(
        {
            "source": event.source,
            "order_id": order_id,
            "updated_at": event.occurred_at,
            "identities": [one.model_dump() for one in event.identities],
            "status": status,
            "placed_at": event.occurred_at,
            "paid_at": event.occurred_at if status == "paid" else None,
            "store_id": _text(properties.get("affiliation")),
            "currency": currency,
            "lines": [_line(one, currency) for one in products],
            "totals": _totals(properties, currency),
            "coupon_codes": sorted(code for code in coupons if code),
        }
    )


def _totals(properties: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """`revenue` is without tax and shipping, `total` with them."""
    amounts = {name: _amount(properties.get(name), currency) for name in AMOUNTS}
    revenue = _amount(properties.get("revenue"), currency)
    if amounts["total"] is None and revenue is not None:
        amounts["total"] = revenue + (amounts["shipping"] or 0) + (amounts["tax"] or 0)
    return {name: amount for name, amount in amounts.items() if amount is not None}


def _line(product: Mapping[str, Any], currency: str) -> dict[str, Any]:
    price = _amount(product.get("price"), currency)
    return {
        "sku": _text(product.get("sku") or product.get("product_id")),
        "name": str(product["name"])[:500] if product.get("name") else None,
        "category": _text(product.get("category")),
        "brand": _text(product.get("brand")),
        "quantity": 1 if product.get("quantity") is None else product["quantity"],
        "unit_price": Decimal(0) if price is None else price,
    }


def _currency(properties: Mapping[str, Any]) -> str:
    return str(properties.get("currency") or deployment().base_currency).upper()


def _amount(value: Any, currency: str) -> Decimal | None:
    """A number as a script writes it, 59.99 or 59.989999999: rounded to the currency. Raises Invalid for none."""
    if value is None or value == "":
        return None
    try:
        return rounded(Decimal(str(value)), currency if is_currency(currency) else deployment().base_currency)
    except InvalidOperation:
        raise _invalid([FieldError("properties", "type", "an amount is no number")]) from None


def _text(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return text[:LONGEST] if text and is_readable(text) else None


def _of_properties(error: FieldError) -> FieldError:
    """The fault where the sender wrote it."""
    field = error.field.replace("lines.", "products.", 1).removeprefix("totals.")
    return FieldError(f"properties.{field}", error.code, error.message)


def _invalid(errors: list[FieldError]) -> Invalid:
    return Invalid("The event does not tell enough of the order.", errors=errors)
