"""A person is handed what is known of them and then forgotten, through the gateway of a whole deployment."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_path import eventually, order, post
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-09")


def erasure_of(shop: httpx.Client, erasure_id: str) -> Any:
    answer = shop.get(f"/v1/erasures/{erasure_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_person_is_exported_erased_everywhere_and_does_not_come_back(stack: Stack, shop: httpx.Client) -> None:
    mail = f"{uuid4().hex}@example.com"
    bought = order(external=uuid4().hex, email=mail)
    customer = post(shop, "/orders", bought)["customer_id"]
    eventually(shop, customer, lambda answer: answer["statistics"] and answer["messages"])

    archive = shop.post(f"/v1/customers/{customer}/access-export", json={})
    assert archive.status_code == 200, archive.text
    parts = archive.json()["services"]
    assert mail in [one["value"] for one in parts["profile"]["identity"]]
    assert parts["scoring"]["statistics"][0]["orders"] == 1
    assert parts["engagement"]["message"][0]["customer_id"] == customer

    erasure = post(shop, f"/customers/{customer}/erasure", {})
    wait_until(lambda: erasure_of(shop, erasure["id"])["status"] == "completed")
    seen = erasure_of(shop, erasure["id"])
    assert set(seen["counts"]) == {"profile", "scoring", "engagement"}
    assert len(seen["proof"]) == 64
    for path in ("", "/360", "/identities", "/orders", "/statistics", "/messages"):
        assert shop.get(f"/v1/customers/{customer}{path}").status_code == 410, path
    again = shop.post("/v1/orders", json=bought | {"order_id": uuid4().hex})
    assert (again.status_code, again.json()["code"]) == (410, "erased")
    spoken = "".join(path.read_text(errors="replace") for path in (stack.home / "logs").rglob("*.log*"))
    assert spoken
    assert mail not in spoken


def test_the_terms_of_all_services_are_shown_and_changed(shop: httpx.Client) -> None:
    rules = {one["table"]: one for one in shop.get("/v1/retention-rules").json()["items"]}
    assert {"profile.behaviour_event", "scoring.message_fact", "engagement.message"} <= rules.keys()
    before = rules["engagement.message"]
    changed = shop.patch(
        "/v1/retention-rules/engagement.message",
        json={"days": before["days"] + 1},
        headers={"If-Match": f'"{before["version"]}"'},
    )
    assert (changed.status_code, changed.json()["days"]) == (200, before["days"] + 1)
    assert shop.get("/v1/retention-rules/engagement.message").json() == changed.json()
