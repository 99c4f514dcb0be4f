"""The key of an account manager opens the own customers and nothing else, through the gateway of a whole deployment."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_path import order, post
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-08")
DESK = ["profile:read", "scoring:read", "engagement:read", "engagement:send"]


def owned(shop: httpx.Client, team: str) -> tuple[str, str]:
    """A manager of a team and a customer of theirs."""
    code = uuid4().hex[:8]
    manager = post(shop, "/managers", {"code": code, "name": "李雷", "team_id": team})["id"]
    customer = post(shop, "/orders", order(external=code))["customer_id"]
    path = f"/v1/customers/{customer}/assignments/account_manager"
    assert shop.put(path, json={"manager_id": manager}).is_success
    return manager, customer


def refusal(answer: httpx.Response) -> Any:
    return answer.status_code, answer.json().get("code")


def test_a_managers_key_opens_their_own_customers_in_every_service(stack: Stack, shop: httpx.Client) -> None:
    team = post(shop, "/teams", {"code": uuid4().hex[:8], "name": "华东"})["id"]
    (li, own), (_, other) = owned(shop, team), owned(shop, team)
    key = post(shop, "/api-keys", {"name": "desk", "scopes": DESK, "manager_id": li})["key"]
    with httpx.Client(base_url=stack.gateway, headers={"Authorization": f"Bearer {key}"}, timeout=30) as desk:
        wait_until(lambda: desk.get(f"/v1/customers/{own}/statistics").is_success)
        wait_until(lambda: desk.get(f"/v1/customers/{own}/360").json().get("unavailable") == [])
        for path in ("", "/360", "/timeline", "/segments", "/statistics", "/messages"):
            assert desk.get(f"/v1/customers/{own}{path}").is_success, path
            assert refusal(desk.get(f"/v1/customers/{other}{path}")) == (404, "not_found"), path
        assert [one["id"] for one in desk.get("/v1/customers").json()["items"]] == [own]
        assert other not in desk.get("/v1/orders", headers={"Accept": "text/csv"}).text
        assert refusal(desk.get("/v1/reports/regions")) == (403, "manager_bound")
        assert refusal(desk.post("/v1/segments/preview", json={})) == (403, "manager_bound")
        assert desk.get("/problems/manager_bound").is_success
