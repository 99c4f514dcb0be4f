"""A threshold edited through the whole deployment: drafted, tried, published and taken back, with what it changes."""

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
