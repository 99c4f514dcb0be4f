"""What becomes of goods that are used up: how long they last, and whether a newer order has them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.orders.tables import OrderState
from services.engagement.products import usecases as products
from services.engagement.refills import repository


class Supply(NamedTuple):
    """How long a line of an order lasts from its delivery, and whether it was bought again."""

    lasts: timedelta
    bought_again: bool


def supplies(
    session: Session,
    found: Sequence[tuple[CareOccurrence, CareRule]],
    states: Mapping[UUID, OrderState],
    canonical: Mapping[UUID, UUID],
) -> dict[UUID, Supply]:
    """The supply behind each refill occurrence; none where nobody knows how long the product lasts."""
    refills = [(one, rule) for one, rule in found if rule.occasion["kind"] == "refill" and one.order_id in states]
    lines = {one.occurrence_id: _line(states[one.order_id], one.key) for one, _ in refills if one.order_id}
    skus = {line["sku"] for line in lines.values() if line and line["sku"]}
    lasting = products.use_days(session, skus)
    purchases = [
        (one.occurrence_id, canonical[one.customer_id], line["sku"], states[one.order_id].placed_at)
        for one, _ in refills
        for line in [lines[one.occurrence_id]]
        if line and line["sku"] and one.order_id
    ]
    again = repository.bought_again(session, purchases)
    supplied: dict[UUID, Supply] = {}
    for one, rule in refills:
        line = lines[one.occurrence_id]
        days = line and (rule.occasion["use_days"] or lasting.get(line["sku"]))
        if line and days:
            lasts = timedelta(days=float(days * Decimal(line["quantity"])))
            supplied[one.occurrence_id] = Supply(lasts, one.occurrence_id in again)
    return supplied


def _line(state: OrderState, key: str) -> Mapping[str, str] | None:
    line_id = key.split(":", 2)[2]
    return next((line for line in state.lines if line.get("line_id") == line_id), None)
