"""Portraits over HTTP."""

from typing import Any

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")


def line(category: str | None, price: str, **more: Any) -> dict[str, Any]:
    return {"sku": f"{category}-{price}", "category": category, "quantity": 1, "unit_price": price, **more}


def order(doors: Doors, number: int, who: str, at: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {
        "source": "shop",
        "order_id": f"A-{number}",
        "identities": [{"kind": "external", "value": who}],
        "status": "paid",
        "placed_at": at,
        "currency": "CNY",
        "channel": "web",
        "lines": list(lines),
        **more,
    }
    answer = doors.post("/v1/orders", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def portrait(doors: Doors, customer_id: str) -> dict[str, Any]:
    answer = doors.get(f"/v1/customers/{customer_id}/portrait")
    assert answer.status_code == 200, answer.text
    return {one["label"]: one for one in answer.json()["labels"]}


def values(doors: Doors, customer_id: str) -> dict[str, Any]:
    return {label: one["value"] for label, one in portrait(doors, customer_id).items()}


def bought(doors: Doors) -> str:
    tea, cup = line("tea", "30", brand="West Lake"), line("cup", "300", brand="Kiln")
    first = order(doors, 1, "ada", "2026-11-02T11:30:00Z", tea, cup, coupon_codes=["TEA5"])  # Monday 19:30 in Shanghai
    order(doors, 2, "ada", "2026-11-09T11:05:00Z", tea)
    order(doors, 3, "ada", "2026-11-12T01:00:00Z", line("tea", "45"), channel="store")
    return str(first["customer_id"])


def test_orders_say_what_somebody_likes_and_how_they_buy(doors: Doors) -> None:
    ada = bought(doors)
    assert values(doors, ada) == {
        "favourite_brand": "West Lake",
        "favourite_category": "tea",
        "favourite_channel": "web",
        "favourite_hour": 19,
        "favourite_weekday": "mon",
        "price_band": "20-50",
        "promotion_driven": False,
    }
    evidence = portrait(doors, ada)["favourite_category"]["evidence"]
    assert evidence == {
        "orders": 3,
        "of": 3,
        "share": 1.0,
        "net": {"amount": "105.00", "currency": "CNY"},
        "last_at": "2026-11-12T01:00:00Z",
    }
    assert portrait(doors, ada)["favourite_hour"]["evidence"]["share"] == 0.6667


def test_what_does_not_count_says_nothing(doors: Doors) -> None:
    one = order(doors, 1, "ada", "2026-11-02T11:30:00Z", line("tea", "30"))
    order(doors, 2, "ada", "2026-11-03T11:30:00Z", line("tea", "30"), status="cancelled")
    order(doors, 3, "ada", "2026-11-04T11:30:00Z", line("tea", "30"), test=True)
    order(doors, 4, "ada", "2024-11-01T11:30:00Z", line("tea", "30"))
    assert values(doors, str(one["customer_id"])) == {}


def test_a_refund_takes_a_line_out_and_a_discount_is_a_promotion(doors: Doors) -> None:
    gone = line("cup", "300", line_id="1")
    refunds = [{"refund_id": "r", "amount": "300", "refunded_at": "2026-11-03T00:00:00Z", "lines": [{"line_id": "1"}]}]
    ada = order(doors, 1, "ada", "2026-11-02T11:30:00Z", gone, line("tea", "30", line_id="2"), refunds=refunds)
    order(doors, 2, "ada", "2026-11-05T11:30:00Z", line("tea", "30", discount="5"))
    found = portrait(doors, str(ada["customer_id"]))
    assert (found["favourite_category"]["value"], found["favourite_category"]["evidence"]["of"]) == ("tea", 2)
    assert found["promotion_driven"]["value"] is True


def test_a_portrait_is_of_all_linked_ids_until_they_part(doors: Doors) -> None:
    ada = bought(doors)
    bob = str(order(doors, 9, "bob", "2026-11-20T03:00:00Z", line("cup", "300", quantity=9))["customer_id"])
    assert values(doors, bob) == {}
    merge = doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m").json()
    assert portrait(doors, bob)["favourite_category"]["evidence"]["of"] == 4
    doors.post(f"/v1/merges/{merge['id']}/undo")
    assert (values(doors, bob), portrait(doors, ada)["favourite_category"]["evidence"]["of"]) == ({}, 3)


def test_nobody_unknown_has_a_portrait(doors: Doors) -> None:
    assert doors.get("/v1/customers/0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d/portrait").status_code == 404
