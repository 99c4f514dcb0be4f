"""Where an order stands: statuses, sums, refunds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.orders.additions.rules import Addition, united
from services.profile.orders.schemas import NewOrder
from services.profile.orders.standing.rules import Standing, changes, happened_at, standing
from tests.profile.orders.documents import NOON, additions, goods_returned, order, orders, parcel, refund, step

pytestmark = pytest.mark.capability("C-02")
LATER = NOON + timedelta(days=1)


def stands(document: NewOrder, *told: Addition) -> Standing:
    return standing(document, united([], told), NOON)


def money(one: Standing) -> tuple[str, ...]:
    return tuple(str(one.totals[name]) for name in ("total", "paid", "refunded", "net"))


def test_the_sums_of_the_documented_order() -> None:
    assert stands(order()).totals == {
        "subtotal": Decimal("100.00"),
        "discount": Decimal("5.00"),
        "shipping": Decimal("0.00"),
        "tax": Decimal("0.00"),
        "total": Decimal("95.00"),
        "paid": Decimal("95.00"),
        "refunded": Decimal(0),
        "net": Decimal("95.00"),
    }


@pytest.mark.parametrize(
    ("status", "paid"),
    [("placed", "0"), ("paid", "95.00"), ("shipped", "95.00"), ("delivered", "95.00"), ("cancelled", "0")],
)
def test_an_order_is_paid_by_its_status(status: str, paid: str) -> None:
    assert stands(order(status=status)).totals["paid"] == Decimal(paid)


def test_a_cancelled_order_that_was_paid_stays_paid() -> None:
    assert money(stands(order(status="cancelled", paid_at=NOON)))[1] == "95.00"


def test_what_the_shop_says_was_paid_wins() -> None:
    assert money(stands(order(totals={"paid": "40"}))) == ("95.00", "40.00", "0.00", "40.00")


def test_partial_refunds_add_up_and_leave_the_status() -> None:
    one = stands(order(), refund("r-1", "10"), refund("r-2", "20.50"))
    assert (one.status, money(one)) == ("paid", ("95.00", "95.00", "30.50", "64.50"))


def test_the_last_partial_refund_makes_the_order_refunded() -> None:
    one = stands(order(status="delivered"), refund("r-1", "45"), refund("r-2", "50"))
    assert (one.status, one.totals["net"]) == ("refunded", Decimal(0))
    assert [line.refunded_quantity for line in one.lines] == [2]


def test_a_refund_of_all_that_is_left_takes_the_rest() -> None:
    one = stands(order(), refund("r-1", "45"), refund("r-2", None))
    assert (one.status, [one.amount for one in one.refunds]) == ("refunded", [Decimal(45), Decimal("50.00")])


def test_an_order_the_shop_calls_refunded_has_nothing_left() -> None:
    assert money(stands(order(status="refunded"))) == ("95.00", "95.00", "95.00", "0.00")


def test_a_free_order_is_not_refunded() -> None:
    assert stands(order(lines=[], totals={"total": "0"})).status == "paid"


def test_refunds_above_what_was_paid_show_as_discrepancy_and_net_stays_at_zero() -> None:
    one = stands(order(), refund("r-1", "90"), refund("r-2", "90"))
    assert (one.totals["net"], one.discrepancy) == (Decimal(0), {"refunds": Decimal("85.00")})


def test_the_shops_total_wins_over_its_lines_and_the_difference_shows() -> None:
    one = stands(order(totals={"total": "96"}))
    assert (one.totals["total"], one.discrepancy) == (Decimal("96.00"), {"lines": Decimal("1.00")})


def test_a_difference_of_one_minor_unit_is_rounding() -> None:
    assert stands(order(totals={"total": "95.01"})).discrepancy == {}


def test_the_documents_refund_decides_over_the_same_refund_told_apart() -> None:
    document = order(refunds=[{"refund_id": "r-1", "amount": "12", "refunded_at": NOON}])
    assert stands(document, refund("r-1", "10"), refund("r-2", "3")).totals["refunded"] == Decimal(15)


def test_a_parcel_under_way_makes_the_order_shipped_and_the_last_one_delivered_makes_it_delivered() -> None:
    under_way = parcel("p-1", shipped_at=NOON)
    assert stands(order(), under_way).status == "shipped"
    one = stands(order(), under_way, parcel("p-2", delivered_at=LATER))
    assert (one.status, one.delivered_at) == ("shipped", None)
    two = stands(order(), parcel("p-1", delivered_at=NOON), parcel("p-2", delivered_at=LATER))
    assert (two.status, two.delivered_at) == ("delivered", LATER)


def test_a_later_word_on_a_parcel_changes_only_what_it_names() -> None:
    document = order(parcels=[{"parcel_id": "p-1", "carrier": "SF", "shipped_at": NOON}])
    (one,) = stands(document, parcel("p-1", at=LATER, delivered_at=LATER)).parcels
    assert (one.carrier, one.shipped_at, one.delivered_at) == ("SF", NOON, LATER)


def test_a_tracked_purchase_pays_an_order_that_is_only_placed() -> None:
    one = stands(order(status="placed", placed_at=LATER), step("placed", NOON), step("paid", NOON))
    assert (one.status, one.placed_at, one.paid_at) == ("paid", NOON, NOON)


def test_a_cancellation_told_apart_holds_until_the_shop_writes_a_later_version() -> None:
    assert stands(order(), step("cancelled", LATER)).status == "cancelled"
    assert stands(order(updated_at=LATER + timedelta(hours=1)), step("cancelled", LATER)).status == "paid"


def test_changes_name_the_steps_taken_since_the_last_version() -> None:
    first = stands(order(status="placed"))
    second = stands(order(status="delivered"), refund(), goods_returned())
    assert changes(None, first, document_changed=True) == ["placed"]
    assert changes(first, second, document_changed=True) == [
        "updated", "paid", "shipped", "delivered", "refunded", "returned"
    ]  # fmt: skip
    assert changes(second, second, document_changed=False) == []


def test_a_change_happened_when_its_step_was_taken_not_when_we_heard() -> None:
    delivered = stands(order(status="delivered", delivered_at=NOON))
    assert happened_at(delivered, ["updated", "delivered"], LATER) == NOON
    assert happened_at(delivered, ["updated"], LATER) == LATER


@given(orders(), st.lists(additions(), max_size=6))
def test_amounts_are_never_below_zero_and_net_is_paid_less_refunded(document: NewOrder, told: list[Addition]) -> None:
    one = stands(document, *told)
    assert all(amount >= 0 for amount in one.totals.values())
    assert one.totals["net"] == max(one.totals["paid"] - one.totals["refunded"], Decimal(0))


@given(
    orders(),
    st.lists(additions(), max_size=6).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told * 2))),
)
def test_the_order_of_arrival_and_repetition_never_matter(
    document: NewOrder, pair: tuple[list[Addition], list[Addition]]
) -> None:
    first, shuffled = pair
    assert stands(document, *first) == stands(document, *shuffled)
