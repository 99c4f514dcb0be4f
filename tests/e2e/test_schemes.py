"""A threshold edited through the whole deployment: drafted, tried, published and taken back, with what it changes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_path import order, post


def done(shop: httpx.Client, path: str) -> dict[str, Any]:
    """The result of the job that a request starts."""
    job = post(shop, path, {})
    wait_until(lambda: shop.get(f"/v1/jobs/{job['id']}").json()["status"] not in {"queued", "running"})
    found: dict[str, Any] = shop.get(f"/v1/jobs/{job['id']}").json()
    assert found["status"] == "succeeded", found
    return dict(found["result"])


@pytest.mark.capability("C-18")
@pytest.mark.capability("C-22")
def test_thresholds_of_warnings_are_tried_published_and_rolled_back(shop: httpx.Client) -> None:
    address = f"{uuid4().hex[:12]}@example.com"
    bought = post(shop, "/orders", order(email=address))
    who = bought["customer_id"]
    post(shop, f"/orders/{bought['id']}/refunds", {"refund_id": uuid4().hex, "amount": "1.00"})

    def warnings(status: str) -> list[dict[str, Any]]:
        found = shop.get("/v1/warnings", params={"status": status, "limit": 200}).json()["items"]
        return [one for one in found if one["customer_id"] == who]

    def stage() -> str:
        return str(shop.get(f"/v1/customers/{who}/lifecycle").json().get("stage"))

    wait_until(lambda: [one["reasons"][0]["code"] for one in warnings("open")] == ["refund"])
    draft = post(shop, "/schemes/warnings/drafts", {})
    path = f"/schemes/warnings/drafts/{draft['id']}"
    edited = shop.patch(f"/v1{path}", json={"content": {"off": ["refund"]}}, headers={"If-Match": '"1"'})
    assert edited.json()["content"]["off"] == ["refund"]
    refused = shop.patch(f"/v1{path}", json={"content": {"surprise": 2}}, headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "content.surprise")
    moves = done(shop, f"{path}/preview")["moves"]
    assert ("warning", "open", None) in [(one["name"], one["from"], one["to"]) for one in moves]
    assert warnings("open")
    before = stage()
    done(shop, f"{path}/publish")
    assert (warnings("open"), [one["outcome"] for one in warnings("closed")]) == ([], ["superseded"])
    done(shop, "/schemes/warnings/rollback")
    assert [one["reasons"][0]["code"] for one in warnings("open")] == ["refund"]
    assert stage() == before


@pytest.mark.capability("C-10", "C-13", "C-18", "C-22")
def test_a_category_has_its_own_horizon_and_a_promotion_its_days(shop: httpx.Client) -> None:
    """Both are published for everybody, told of one customer, and taken back."""
    line = {"sku": uuid4().hex, "category": f"sofas-{uuid4().hex[:6]}", "quantity": 1, "unit_price": "95.00"}
    who = post(shop, "/orders", order() | {"lines": [{**line, "line_id": "1"}]})["customer_id"]
    days = [(datetime.now(UTC) + timedelta(days=ahead)).date().isoformat() for ahead in (-2, 2)]
    sale = {"code": "sale", "titles": {"zh": "大促", "en": "Sale"}, "first": days[0], "last": days[1]}

    def told() -> tuple[Any, ...]:
        churn, statistics = (shop.get(f"/v1/customers/{who}/{part}").json() for part in ("churn", "statistics"))
        found = churn.get("horizon", {})
        return found.get("source"), found.get("days"), found.get("category"), statistics.get("promotion_share")

    wait_until(lambda: told()[3] == 0.0)
    before = told()
    longer = {"category_horizon_days": {line["category"]: 730}}
    for kind, content in (("dimensions", longer), ("promotions", {"periods": [sale]})):
        draft = post(shop, f"/schemes/{kind}/drafts", {"content": content})
        done(shop, f"/schemes/{kind}/drafts/{draft['id']}/publish")
    assert told() == ("category", 730, line["category"], 1.0)
    for kind in ("promotions", "dimensions"):
        done(shop, f"/schemes/{kind}/rollback")
    assert told() == before
    for grouping in ("segments", "territories"):
        assert shop.get(f"/v1/groupings/{grouping}/review").json()["grouping"] == grouping
