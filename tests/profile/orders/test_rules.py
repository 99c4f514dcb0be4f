"""Which document of an order counts, and which are refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.profile.orders.faults.rules import faults, within_time
from services.profile.orders.rules import Order, Told, advanced, newer, order_id_of, rank_of
from services.profile.orders.schemas import NewOrder
from tests.profile.orders.documents import NOON, instants, order, orders

pytestmark = pytest.mark.capability("C-02")
LATER = NOON + timedelta(days=1)
PRESENT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def told(document: NewOrder, received_at: datetime = NOON) -> Told:
    return Told(order_id_of("shop", "A-1"), "shop", "A-1", document=document, rank=rank_of(document, received_at))


def known(*some: Told) -> Order:
    return advanced(Order(order_id_of("shop", "A-1"), "shop", "A-1", NOON), some)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ((order(order_version=2), NOON), (order(order_version=1, updated_at=LATER), LATER)),
        ((order(updated_at=LATER), NOON), (order(updated_at=NOON), LATER)),
        ((order(), LATER), (order(channel="web"), NOON)),
        ((order(order_version=0), NOON), (order(updated_at=LATER), LATER)),
    ],
    ids=["a higher version", "a later update", "received later", "any version over none"],
)
def test_a_document_is_newer_by(new: tuple[NewOrder, datetime], old: tuple[NewOrder, datetime]) -> None:
    assert newer(rank_of(*new), rank_of(*old))
    assert not newer(rank_of(*old), rank_of(*new))


def test_of_two_equal_in_all_else_one_is_newer_by_its_body() -> None:
    one, other = rank_of(order(channel="web"), NOON), rank_of(order(channel="app"), NOON)
    assert newer(one, other) != newer(other, one)
    assert not newer(one, one)


@given(st.lists(st.tuples(orders(), instants), min_size=1, max_size=5), st.randoms())
def test_the_newest_document_wins_in_any_order_of_arrival(some: list[tuple[NewOrder, datetime]], random: Any) -> None:
    reports = [told(*one) for one in some]
    shuffled = random.sample(reports * 2, len(reports) * 2)
    apart = known(reports[0])
    for report in shuffled:
        apart = advanced(apart, [report])
    assert known(*reports).document == apart.document
    assert known(*reports).rank == apart.rank


def test_the_same_source_and_number_is_the_same_order() -> None:
    assert order_id_of("shop", "A-1") == order_id_of("shop", "A-1")
    assert len({order_id_of("shop", "A-1"), order_id_of("shop", "A-2"), order_id_of("app", "A-1")}) == 3


ANCIENT = datetime(1999, 1, 1, tzinfo=UTC)
LINE = {"quantity": 1, "unit_price": "1"}
REFUND = {"refund_id": "r", "amount": "96", "refunded_at": NOON}


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"placed_at": ANCIENT}, "placed_at", "too_old"),
        ({"paid_at": PRESENT + timedelta(hours=25)}, "paid_at", "in_future"),
        ({"updated_at": PRESENT + timedelta(hours=25)}, "updated_at", "in_future"),
        ({"lines": []}, "totals.total", "required"),
        ({"lines": [LINE | {"line_id": "1"}] * 2}, "lines.1.line_id", "duplicate"),
        ({"lines": [LINE, LINE | {"line_id": "1"}]}, "lines.1.line_id", "duplicate"),
        ({"refunds": [REFUND]}, "refunds", "too_large"),
        ({"refunds": [REFUND | {"amount": None}]}, "refunds.0.amount", "required"),
        ({"refunds": [REFUND | {"amount": "1", "refunded_at": ANCIENT}]}, "refunds.0.refunded_at", "too_old"),
    ],
)  # fmt: skip
def test_a_document_is_refused_for(fields: dict[str, Any], field: str, code: str) -> None:
    assert [(error.field, error.code) for error in faults(order(**fields), PRESENT)] == [(field, code)]


def test_refunds_up_to_the_total_are_taken() -> None:
    assert faults(order(refunds=[REFUND | {"amount": "95"}]), PRESENT) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"lines": [LINE | {"quantity": 0}]},
        {"lines": [LINE | {"quantity": -1}]},
        {"lines": [LINE | {"unit_price": "-0.01"}]},
        {"lines": [LINE | {"unit_price": "NaN"}]},
        {"lines": [LINE] * 501},
        {"currency": "cny"},
        {"identities": []},
        {"identities": [{"kind": "phone", "value": "12"}]},
        {"placed_at": "2026-11-22T03:00:00"},
        {"colour": "red"},
        {"source": ""},
        {"status": "lost"},
    ],
)
def test_a_document_is_not_even_read_with(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        order(**fields)


def test_a_fast_clock_is_clamped_beyond_five_minutes_and_left_alone_below() -> None:
    fast = order(placed_at=PRESENT + timedelta(hours=1), paid_at=PRESENT + timedelta(minutes=4))
    clamped = within_time(fast, PRESENT)
    assert (clamped.placed_at, clamped.paid_at) == (PRESENT, PRESENT + timedelta(minutes=4))
    assert within_time(order(), PRESENT) == order()
