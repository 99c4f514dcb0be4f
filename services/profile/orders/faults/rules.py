"""Faults of what is told of an order beyond its types, and times that a fast clock wrote."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.profile.instants.rules import out_of_time
from services.profile.orders.additions.rules import Addition
from services.profile.orders.schemas import NewOrder, NewRefund, NewReturn, OrderDocument
from services.profile.orders.standing.rules import Standing
from services.profile.orders.totals.rules import priced, summed
from shared.clock import CLAMP_AHEAD, clamped
from shared.errors import FieldError

LARGEST = Decimal(10) ** 13
STEPS = ("placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at", "updated_at")
PARTS = {"refunds": ("refunded_at",), "parcels": ("shipped_at", "delivered_at"), "returns": ("received_at",)}
TIMES = {"refund": PARTS["refunds"], "parcel": PARTS["parcels"], "return": PARTS["returns"], "step": ("at",)}
IDS = {"lines": "line_id", "refunds": "refund_id", "parcels": "parcel_id", "returns": "return_id"}


def faults(document: NewOrder, now: datetime) -> list[FieldError]:
    """What is wrong with a document, beyond its types."""
    found = [error for path, at in _instants(document) if (error := out_of_time(path, at, now))]
    found += _repeated_ids(document)
    if not document.lines and document.totals.total is None:
        found.append(FieldError("totals.total", "required", "an order without lines needs its total"))
    if document.refunds:
        found += _over_refunded(document)
    return found


def within_time(document: OrderDocument, now: datetime) -> OrderDocument:
    """The document with times that a fast clock put ahead of ours set to `now`."""
    if not any(at > now + CLAMP_AHEAD for _, at in _instants(document)):
        return document
    changed: dict[str, Any] = _clamped(document, STEPS, now)
    for name, times in PARTS.items():
        parts = getattr(document, name)
        changed[name] = [part.model_copy(update=_clamped(part, times, now)) for part in parts]
    return document.model_copy(update=changed)


def too_large(document: OrderDocument, rate: Decimal) -> bool:
    """Whether an amount of the order would not fit into a column, in its own or in base currency."""
    gross = sum((line.quantity * line.unit_price for line in document.lines), Decimal(0))
    return max(gross, document.totals.total or Decimal(0)) * max(rate, Decimal(1)) >= LARGEST


def addition_faults(addition: Addition, now: datetime) -> list[FieldError]:
    """What is wrong with something told apart, whatever its order."""
    times = [(name, getattr(addition.body, name)) for name in TIMES[addition.kind]]
    return [error for name, at in times if at is not None and (error := out_of_time(name, at, now))]


def addition_in_time(addition: Addition, now: datetime) -> Addition:
    """Something told apart with times that a fast clock put ahead of ours set to `now`."""
    body = addition.body.model_copy(update=_clamped(addition.body, TIMES[addition.kind], now))
    return Addition(addition.kind, clamped(addition.at, now), body)


def impossible(addition: Addition, document: OrderDocument, stands: Standing) -> list[FieldError]:
    """Why something told directly cannot be true of a known order."""
    body, lines = addition.body, {line.line_id for line in stands.lines}
    named = [part.line_id for part in body.lines] if isinstance(body, NewRefund | NewReturn) else []
    found = [
        FieldError(f"lines.{place}.line_id", "reference_not_found", "the order has no such line")
        for place, line_id in enumerate(named)
        if line_id not in lines
    ]
    if isinstance(body, NewRefund):
        if body.currency not in (None, document.currency):
            found.append(FieldError("currency", "not_allowed", "not the currency of the order"))
        if (body.amount or Decimal(0)) > stands.totals["net"]:
            found.append(FieldError("amount", "too_large", "more than is left of what was paid"))
    return found


def _instants(document: OrderDocument) -> Iterator[tuple[str, datetime]]:
    for name in STEPS:
        if (at := getattr(document, name)) is not None:
            yield name, at
    for name, times in PARTS.items():
        for place, part in enumerate(getattr(document, name)):
            yield from ((f"{name}.{place}.{one}", at) for one in times if (at := getattr(part, one)) is not None)


def _clamped(part: Any, names: tuple[str, ...], now: datetime) -> dict[str, datetime]:
    return {name: clamped(at, now) for name in names if (at := getattr(part, name)) is not None}


def _repeated_ids(document: OrderDocument) -> Iterator[FieldError]:
    for name, key in IDS.items():
        parts = getattr(document, name)
        if len(parts) < 2:
            continue
        seen: set[str] = set()
        for place, part in enumerate(parts):
            identifier = getattr(part, key) or str(place + 1)
            if identifier in seen:
                yield FieldError(f"{name}.{place}.{key}", "duplicate", "stands in the list twice")
            seen.add(identifier)


def _over_refunded(document: OrderDocument) -> Iterator[FieldError]:
    for place, refund in enumerate(document.refunds):
        if refund.amount is None:
            yield FieldError(f"refunds.{place}.amount", "required", "how much was given back")
        if refund.currency not in (None, document.currency):
            yield FieldError(f"refunds.{place}.currency", "not_allowed", "not the currency of the order")
    total = max(summed(document, priced(document)).total, document.totals.paid or Decimal(0))
    if sum((refund.amount or Decimal(0) for refund in document.refunds), Decimal(0)) > total:
        yield FieldError("refunds", "too_large", "the refunds are above the total of the order")
