"""Order documents for tests: a plain one to change, and any that a shop could write."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from services.profile.orders.additions.rules import Addition, Step
from services.profile.orders.rules import ReportedOrder
from services.profile.orders.schemas import NewOrder, NewParcel, NewRefund, NewReturn

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SOMEBODY = [{"kind": "external", "value": "u-1"}]
NOBODY = [{"kind": "anonymous", "value": "order:shop:A-1"}]  # as of an order for which the shop names nobody


def order(**fields: Any) -> NewOrder:
    """A paid order of two packs of tea for 95.00, with other fields where given."""
    return NewOrder.model_validate(
        {
            "source": "shop",
            "order_id": "A-1",
            "identities": SOMEBODY,
            "status": "paid",
            "placed_at": NOON,
            "currency": "CNY",
            "lines": [
                {"line_id": "1", "sku": "tea-01", "category": "tea", "quantity": 2, "unit_price": "50", "discount": "5"}
            ],
        }
        | fields
    )


def reported(received_at: datetime = NOON, additions: tuple[Addition, ...] = (), **fields: Any) -> ReportedOrder:
    return ReportedOrder(order(**fields), received_at, additions)


def refund(refund_id: str = "r-1", amount: str | None = "10", at: datetime = NOON, **fields: Any) -> Addition:
    return Addition(
        "refund", at, NewRefund.model_validate({"refund_id": refund_id, "amount": amount, "refunded_at": at} | fields)
    )


def goods_returned(return_id: str = "rt-1", quantity: str = "1", at: datetime = NOON) -> Addition:
    body = {"return_id": return_id, "lines": [{"line_id": "1", "quantity": quantity}], "received_at": at}
    return Addition("return", at, NewReturn.model_validate(body))


def parcel(parcel_id: str = "p-1", at: datetime = NOON, **fields: Any) -> Addition:
    return Addition("parcel", at, NewParcel.model_validate({"parcel_id": parcel_id} | fields))


def step(name: str, at: datetime = NOON) -> Addition:
    return Addition("step", at, Step.model_validate({"step": name, "at": at}))


amounts = st.decimals(0, 5000, places=2)
instants = st.integers(0, 72).map(lambda hours: NOON + timedelta(hours=hours))
quantities = st.integers(1, 5).map(Decimal)


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to four lines, whose discounts stay below their price."""
    drawn = draw(st.lists(st.tuples(quantities, amounts, st.integers(0, 100)), max_size=4))
    return [
        {
            "line_id": str(at),
            "sku": f"s-{at}",
            "quantity": quantity,
            "unit_price": price,
            "discount": _share(quantity * price, part),
        }
        for at, (quantity, price, part) in enumerate(drawn, 1)
    ]


def _share(whole: Decimal, percent: int) -> Decimal:
    return (whole * percent / 100).quantize(Decimal("0.01"))


@st.composite
def orders(draw: st.DrawFn, /, **fields: Any) -> NewOrder:
    """Any order a shop could write about A-1."""
    body: dict[str, Any] = {
        "status": draw(st.sampled_from(["placed", "paid", "shipped", "delivered", "cancelled", "refunded"])),
        "lines": draw(lines()),
        "totals": {
            "total": draw(amounts),
            "shipping": draw(st.sampled_from(["0", "12.5"])),
            "discount": draw(st.none() | amounts),
            "paid": draw(st.none() | amounts),
        },
        "order_version": draw(st.none() | st.integers(0, 3)),
        "updated_at": draw(st.none() | instants),
        "paid_at": draw(st.none() | instants),
        "delivered_at": draw(st.none() | instants),
        "currency": draw(st.sampled_from(["CNY", "USD", "JPY"])),
        "identities": draw(st.sampled_from([SOMEBODY, NOBODY])),
        "rate": Decimal("7.1"),
    }
    return order(**(body | fields))


def additions() -> st.SearchStrategy[Addition]:
    """Any refund, return, parcel or step told about A-1."""
    ids = st.sampled_from("abc")
    return st.one_of(
        st.builds(refund, ids, st.none() | amounts.map(str), instants),
        st.builds(goods_returned, ids, st.integers(1, 9).map(str), instants),
        st.builds(parcel, ids, instants, shipped_at=st.none() | instants, delivered_at=st.none() | instants),
        st.builds(step, st.sampled_from(["placed", "paid", "cancelled", "restored"]), instants),
    )
