"""What the catalogue adds to lines of which a shop tells less."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.profile.orders.schemas import NewLine, OrderDocument
from services.profile.products.schemas import Known
from shared.money import rounded

Ordered = tuple[str, datetime]  # a sku, and when it was ordered
FINEST = Decimal("0.0001")
LARGEST = Decimal(10) ** 12


def wanted(document: OrderDocument) -> Iterator[Ordered]:
    """The articles of which the shop told no cost, no category or no brand."""
    for line in document.lines:
        if line.sku is not None and None in (line.unit_cost, line.category, line.brand):
            yield line.sku, document.placed_at


def completed(document: OrderDocument, known: Mapping[Ordered, Known], rate: Decimal) -> OrderDocument:
    """The document with costs, categories and brands from the catalogue where the shop told none."""
    if not known:
        return document
    found = (known.get((line.sku or "", document.placed_at)) for line in document.lines)
    lines = [_completed(line, one, rate, document.currency) for line, one in zip(document.lines, found, strict=True)]
    return document.model_copy(update={"lines": lines})


def _completed(line: NewLine, known: Known | None, rate: Decimal, currency: str) -> NewLine:
    if known is None:
        return line
    told = {"category": known.category, "brand": known.brand, "unit_cost": _cost(known.unit_cost, rate, currency)}
    added: dict[str, Any] = {
        name: value for name, value in told.items() if value is not None and getattr(line, name) is None
    }
    return line.model_copy(update=added) if added else line


def _cost(cost: Decimal | None, rate: Decimal, currency: str) -> Decimal | None:
    """A cost in base currency in that of the order, finer than it where need be; none where it is out of range."""
    if cost is None or cost / rate >= LARGEST:
        return None
    found = (cost / rate).quantize(FINEST)
    short = rounded(found, currency)
    return short if short == found else found
