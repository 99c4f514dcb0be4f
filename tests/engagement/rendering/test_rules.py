"""What templates see of an order."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from services.engagement.orders import usecases as orders
from services.engagement.rendering.rules import order_block
from shared.contracts.examples import examples
from shared.contracts.profile import Charged, OrderRecorded

pytestmark = pytest.mark.capability("C-24")

# 99,990 dong at 0.00028 yuan are 27.9972, told as 28.00: converted back they would be 100,000.
FOREIGN = {"currency": "VND", "rate": Decimal("0.00028")}


def shown(session: Session, event: OrderRecorded, now: datetime) -> tuple[str, list[str]]:
    orders.record(session, [event], now)
    block = order_block(orders.states(session, {event.order_id})[event.order_id])
    assert {one["currency"] for one in (block["total"], *(line["net"] for line in block["lines"]))} == {event.currency}
    return block["total"]["amount"], [line["net"]["amount"] for line in block["lines"]]


def told(total: str, *nets: str) -> OrderRecorded:
    """An order as it is told in base currency."""
    known = examples(OrderRecorded)[0]
    lines = [known.lines[0].model_copy(update={"line_id": str(at), "net": Decimal(net)}) for at, net in enumerate(nets)]
    return known.model_copy(
        update={"lines": lines, "totals": known.totals.model_copy(update={"total": Decimal(total)})}
    )


def test_an_order_shows_what_was_paid_in_its_own_currency(engagement: Session, now: datetime) -> None:
    charged = Charged(total=Decimal(99_990), nets=[Decimal(49_990), Decimal(50_000)])
    event = told("28.00", "14.00", "14.00").model_copy(update=FOREIGN | {"charged": charged})
    assert shown(engagement, event, now) == ("99990", ["49990", "50000"])


def test_an_order_in_base_currency_shows_what_was_told(engagement: Session, now: datetime) -> None:
    assert shown(engagement, told("95.00", "90.00"), now) == ("95.00", ["90.00"])


def test_an_order_told_before_its_own_amounts_were_is_converted_back(engagement: Session, now: datetime) -> None:
    event = told("674.50", "674.50").model_copy(update={"currency": "USD", "rate": Decimal("7.1")})
    assert shown(engagement, event, now) == ("95.00", ["95.00"])
