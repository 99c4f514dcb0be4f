"""Exchange rates over HTTP, and orders that need one."""

from typing import Any

import pytest

from services.profile.orders.schemas import EXAMPLE
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-02")


def order(order_id: str, **fields: Any) -> dict[str, Any]:
    return {**EXAMPLE, "order_id": order_id, "currency": "USD", "refunds": [], **fields}


def test_a_rate_counts_from_its_day_until_the_next_one(doors: Doors) -> None:
    assert doors.post("/v1/orders", order("A-1")).json()["code"] == "currency_unsupported"
    for day, rate in (("2026-11-20", "7.1"), ("2026-11-23", "7.2")):
        answer = doors.call("PUT", f"/v1/exchange-rates/USD/{day}", {"rate": rate})
        assert (answer.status_code, answer.json()["rate"]) == (200, rate)
    found = {
        order_id: doors.post("/v1/orders", order(order_id, placed_at=at)).json().get("rate")
        for order_id, at in (
            ("A-2", "2026-11-22T15:59:59Z"),  # still the 22nd in Shanghai
            ("A-3", "2026-11-22T16:00:00Z"),
            ("A-4", "2026-11-19T00:00:00Z"),
        )
    }
    assert found == {"A-2": "7.1", "A-3": "7.2", "A-4": None}


def test_a_rate_on_the_order_wins_and_base_currency_needs_none(doors: Doors) -> None:
    doors.call("PUT", "/v1/exchange-rates/USD/2026-11-01", {"rate": "7.1"})
    assert doors.post("/v1/orders", order("A-1", rate="6.5")).json()["rate"] == "6.5"
    assert doors.post("/v1/orders", order("A-2", currency="CNY", rate="6.5")).json()["rate"] == "1"


def test_a_later_change_of_a_rate_leaves_stored_orders_alone(doors: Doors) -> None:
    doors.call("PUT", "/v1/exchange-rates/USD/2026-11-01", {"rate": "7.1"})
    doors.post("/v1/orders", order("A-1"))
    changed = doors.call("PUT", "/v1/exchange-rates/USD/2026-11-01", {"rate": "8"})
    assert (changed.json()["version"], changed.headers["ETag"]) == (2, '"2"')
    refunded = doors.post("/v1/orders/shop:A-1/refunds", {"refund_id": "r", "amount": "1"}, key="k")
    assert refunded.json()["rate"] == "7.1"


def test_rates_are_listed_by_currency_and_day(doors: Doors) -> None:
    for currency, day in (("USD", "2026-11-01"), ("USD", "2026-11-02"), ("EUR", "2026-11-02")):
        doors.call("PUT", f"/v1/exchange-rates/{currency}/{day}", {"rate": "7"})

    def found(query: str) -> list[tuple[str, str]]:
        return [(one["currency"], one["day"]) for one in doors.get(f"/v1/exchange-rates{query}").json()["items"]]

    assert found("") == [("USD", "2026-11-02"), ("EUR", "2026-11-02"), ("USD", "2026-11-01")]
    assert found("?currency=EUR,GBP") == [("EUR", "2026-11-02")]
    assert found("?day_from=2026-11-01&day_to=2026-11-02") == [("USD", "2026-11-01")]


@pytest.mark.parametrize(
    ("currency", "code"),
    [("CNY", "currency_unsupported"), ("QQQ", "currency_unsupported"), ("usd", "validation_failed")],
)
def test_a_rate_is_refused_for(doors: Doors, currency: str, code: str) -> None:
    answer = doors.call("PUT", f"/v1/exchange-rates/{currency}/2026-11-01", {"rate": "7"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("rate", ["0", "-1", "x", None])
def test_a_rate_is_above_zero(doors: Doors, rate: Any) -> None:
    assert doors.call("PUT", "/v1/exchange-rates/USD/2026-11-01", {"rate": rate}).status_code == 422
