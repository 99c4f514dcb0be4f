"""The arithmetic of lines: discounts and refunds shared out, base currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.orders.schemas import NewOrder, NewRefund
from services.profile.orders.totals.rules import based_lines, based_totals, priced, settled, summed
from shared.money import exponent
from tests.profile.orders.documents import NOON, order, orders

pytestmark = pytest.mark.capability("C-02")
TWO_LINES = [{"sku": "a", "quantity": 1, "unit_price": "10"}, {"sku": "b", "quantity": 2, "unit_price": "10"}]


def refund(amount: str, *lines: dict[str, str]) -> NewRefund:
    return NewRefund.model_validate({"refund_id": "r", "amount": amount, "refunded_at": NOON, "lines": lines})


def test_lines_without_an_id_are_counted_from_one() -> None:
    assert [line.line_id for line in priced(order(lines=TWO_LINES))] == ["1", "2"]


def test_a_discount_of_the_whole_order_is_shared_by_largest_remainder() -> None:
    lines = priced(order(lines=TWO_LINES, totals={"discount": "1"}))
    assert [line.discount for line in lines] == [Decimal("0.33"), Decimal("0.67")]


def test_a_refund_without_lines_falls_on_all_by_their_net() -> None:
    lines = settled(priced(order(lines=TWO_LINES)), [refund("3")], [], "CNY", full=False)
    assert [line.net for line in lines] == [Decimal("9.00"), Decimal("18.00")]


def test_a_refund_falls_on_the_lines_it_names() -> None:
    named = refund("10", {"line_id": "2", "quantity": "1"})
    lines = settled(priced(order(lines=TWO_LINES)), [named], [], "CNY", full=False)
    assert [(line.net, line.refunded_quantity) for line in lines] == [
        (Decimal(10), Decimal(0)),
        (Decimal(10), Decimal(1)),
    ]


def test_a_line_with_nothing_left_is_refunded_in_full() -> None:
    lines = settled(priced(order(lines=TWO_LINES)), [refund("20", {"line_id": "2"})], [], "CNY", full=False)
    assert [(line.net, line.refunded_quantity) for line in lines] == [
        (Decimal(10), Decimal(0)),
        (Decimal(0), Decimal(2)),
    ]


def test_tax_in_the_prices_is_not_added_again() -> None:
    totals = {"tax": "2", "tax_included": True, "tip": "1"}
    document = order(lines=TWO_LINES, totals=totals)
    assert summed(document, priced(document)).total == Decimal("31.00")


def test_an_order_without_lines_takes_its_subtotal_from_the_total() -> None:
    document = order(lines=[], totals={"total": "20", "shipping": "5"})
    assert summed(document, []).subtotal == Decimal("15.00")


def test_amounts_are_rounded_half_up_to_the_exponent_of_the_currency() -> None:
    document = order(currency="JPY", lines=[{"quantity": 1, "unit_price": "10.5"}])
    assert summed(document, priced(document)).total == Decimal(11)


@given(orders(), amounts := st.lists(st.decimals(0, 5000, places=2), max_size=4))
def test_refunds_never_take_more_from_lines_than_they_were_or_than_they_are(
    document: NewOrder, amounts: list[Decimal]
) -> None:
    before = priced(document)
    after = settled(before, [refund(str(amount)) for amount in amounts], [], document.currency, full=False)
    taken = [old.net - new.net for old, new in zip(before, after, strict=True)]
    unit = Decimal(1).scaleb(-exponent(document.currency))
    assert all(0 <= part <= old.net for part, old in zip(taken, before, strict=True))
    assert sum(taken) <= sum(amounts) + unit * len(amounts)
    if sum(amounts) <= sum(line.net for line in before) and document.currency == "CNY":
        assert sum(taken) == sum(amounts)


@given(orders())
def test_an_orders_own_discount_is_shared_without_losing_a_cent(document: NewOrder) -> None:
    lines = priced(document)
    assert all(0 <= line.net <= line.gross for line in lines)
    assert all(line.net == line.gross - line.discount for line in lines)


@given(orders(), st.decimals("0.001", 300, places=3))
def test_lines_in_base_currency_add_up_to_their_converted_sum(document: NewOrder, rate: Decimal) -> None:
    lines = priced(document)
    own = Decimal(1) if document.currency == "CNY" else rate
    nets = [line.net for line in based_lines(lines, document.currency, own, "CNY")]
    assert sum(nets) == (sum(line.net for line in lines) * own).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_totals_in_base_currency_keep_net_equal_to_paid_less_refunded() -> None:
    names = ("subtotal", "discount", "shipping", "tax", "total", "paid", "refunded", "net")
    totals = {name: Decimal("0.05") for name in names} | {"refunded": Decimal("0.02"), "net": Decimal("0.03")}
    based = based_totals(totals, "USD", Decimal("7.1"), "CNY")
    assert based.net == based.paid - based.refunded
