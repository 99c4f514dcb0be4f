"""The archive is checked as a job; its work list is worked off, through the gateway."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_path import post

pytestmark = pytest.mark.capability("C-03")
REPORT = "/v1/reports/data-quality"


def checked(shop: httpx.Client) -> dict[str, Any]:
    """The report, once all was checked again."""
    wait_until(lambda: (started := shop.post(REPORT, json={})).is_success and succeeds(shop, started), timeout=60)
    found: dict[str, Any] = shop.get(REPORT).raise_for_status().json()
    return found


def succeeds(shop: httpx.Client, started: httpx.Response) -> bool:
    wait_until(lambda: shop.get(started.headers["Location"]).json()["status"] in {"succeeded", "failed"}, timeout=60)
    return bool(shop.get(started.headers["Location"]).json()["status"] == "succeeded")


def work(shop: httpx.Client, customer: str, **wanted: str) -> dict[str, str]:
    """What there is to look after of one customer: the item of each field."""
    found = shop.get(f"{REPORT}/items", params={"reason": "missing", "limit": "200"} | wanted).raise_for_status()
    return {one["field"]: one["id"] for one in found.json()["items"] if one["customer_id"] == customer}


def test_what_is_missing_is_listed_mended_and_set_aside(shop: httpx.Client) -> None:
    who = [{"kind": "email", "value": f"{uuid4().hex}@example.com"}]
    made = post(shop, "/customers", {"source": "shop", "identities": who, "name": "Ada", "region": "310000"})
    customer = made["id"]
    gaps = {one["field"]: one["customers"] - one["known"] for one in checked(shop)["completeness"]}
    assert gaps["gender"] > 0
    items = work(shop, customer)
    assert {"gender", "birthday", "birth_year"} <= items.keys()
    assert not {"name", "region"} & items.keys()
    read = shop.get(f"/v1/customers/{customer}")
    mended = shop.patch(f"/v1/customers/{customer}", json={"gender": "f"}, headers={"If-Match": read.headers["ETag"]})
    assert mended.is_success, mended.text
    aside = post(shop, f"/reports/data-quality/items/{items['birthday']}/dismiss", {})
    assert aside["status"] == "dismissed"
    checked(shop)
    assert work(shop, customer).keys() == items.keys() - {"gender", "birthday"}
    assert work(shop, customer, status="dismissed").keys() == {"birthday"}
