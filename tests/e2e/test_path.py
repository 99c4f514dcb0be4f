"""An order comes in, a valued and cared-for customer comes out: the whole path through the gateway."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from kafka import KafkaProducer

from shared.testing.waiting import wait_until
from tests.stack import Stack

Answer = dict[str, Any]


def order(*, status: str = "delivered", total: str = "95.00", days_ago: int = 0, **identities: str) -> Answer:
    """An order of somebody nobody knows yet, unless told who."""
    at = (datetime.now(UTC) - timedelta(days=days_ago, minutes=1)).isoformat()
    who = identities or {"external": f"u-{uuid4().hex[:12]}"}
    return {
        "source": "shop",
        "order_id": f"A-{uuid4().hex[:12]}",
        "status": status,
        "placed_at": at,
        "paid_at": at,
        **({"delivered_at": at} if status == "delivered" else {}),
        "currency": "CNY",
        "identities": [{"kind": kind, "value": value} for kind, value in who.items()],
        "totals": {"total": total},
    }


def hired(shop: httpx.Client) -> str:
    """A manager in use, in a team of their own."""
    team = post(shop, "/teams", {"code": f"t-{uuid4().hex[:8]}", "name": "Shop"})["id"]
    made = post(shop, "/managers", {"code": f"m-{uuid4().hex[:8]}", "name": "李雷", "team_id": team})
    return str(made["id"])


def post(shop: httpx.Client, path: str, body: Answer, **headers: str) -> Answer:
    answer = shop.post(f"/v1{path}", json=body, headers={"Idempotency-Key": uuid4().hex, **headers})
    assert answer.is_success, answer.text
    found: Answer = answer.json()
    return found


def view(shop: httpx.Client, customer: str) -> Answer:
    answer = shop.get(f"/v1/customers/{customer}/360")
    assert answer.status_code == 200, answer.text
    found: Answer = answer.json()
    return found


def eventually(shop: httpx.Client, customer: str, holds: Callable[[Answer], Any]) -> Answer:
    """The 360 answer once it says what is expected of it."""
    wait_until(lambda: holds(view(shop, customer)))
    return view(shop, customer)


def mails_to(stack: Stack, address: str) -> list[Path]:
    return [path for path in (stack.home / "sink").rglob("*.eml") if address in path.read_text(errors="replace")]


@pytest.mark.capability("C-05")
@pytest.mark.capability("C-10")
@pytest.mark.capability("C-11")
def test_an_order_becomes_statistics_and_a_class_in_the_360_answer(shop: httpx.Client) -> None:
    stored = post(shop, "/orders", order(status="paid"))
    seen = eventually(shop, stored["customer_id"], lambda answer: answer["statistics"] and answer["rfm"])
    assert seen["statistics"]["orders"] == 1
    assert seen["statistics"]["net_spend"] == {"amount": "95.00", "currency": "CNY"}
    assert seen["rfm"]["class"]
    assert seen["unavailable"] == []
    assert "order" in {entry["kind"] for entry in seen["timeline"]}


@pytest.mark.capability("C-24")
@pytest.mark.capability("C-26")
def test_a_delivered_order_is_thanked_for_once(stack: Stack, shop: httpx.Client) -> None:
    address = f"{uuid4().hex[:12]}@example.com"
    body = order(external=uuid4().hex, email=address)
    customer = post(shop, "/orders", body)["customer_id"]
    wait_until(lambda: mails_to(stack, address))
    later = (datetime.now(UTC)).isoformat()
    post(shop, "/orders", {**body, "updated_at": later, "channel": "web"})
    eventually(shop, customer, lambda answer: answer["messages"])
    assert len(mails_to(stack, address)) == 1
    messages = shop.get(f"/v1/customers/{customer}/messages").json()["items"]
    assert [message["status"] for message in messages] == ["sent"]


@pytest.mark.capability("C-25")
@pytest.mark.capability("C-07")
def test_who_withdrew_consent_to_service_mail_gets_none(stack: Stack, shop: httpx.Client) -> None:
    address = f"{uuid4().hex[:12]}@example.com"
    customer = post(shop, "/orders", order(status="paid", external=address, email=address))["customer_id"]
    withdrawal = {"purpose": "service", "channel": "email", "state": "withdrawn", "source": "checkout"}
    post(shop, f"/customers/{customer}/consents", withdrawal)
    post(shop, "/orders", order(external=address, email=address))

    def refused() -> bool:
        messages = shop.get(f"/v1/customers/{customer}/messages").json()["items"]
        return any(gate["gate"] == "consent" and gate["verdict"] == "refuse" for m in messages for gate in m["gates"])

    wait_until(refused)
    assert mails_to(stack, address) == []


@pytest.mark.capability("C-01")
def test_an_imported_order_is_counted_and_writes_to_nobody(stack: Stack, shop: httpx.Client) -> None:
    who = uuid4().hex[:12]
    address = f"{who}@example.com"
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid4()),
        "ce_source": "shop",
        "ce_type": "commerce.order.reported",
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_origin": "import",
        "content-type": "application/json",
    }
    producer = KafkaProducer(bootstrap_servers=stack.kafka)
    body = orjson.dumps(order(external=who, email=address))
    pairs = [(name, value.encode()) for name, value in headers.items()]
    producer.send("commerce.events", body, key=who.encode(), headers=pairs).get(10)
    producer.close()
    question = {"identities": [{"kind": "email", "value": address}]}
    wait_until(lambda: post(shop, "/customers/lookup", question)["matches"])
    customer = post(shop, "/customers/lookup", question)["matches"][0]["customer_id"]
    eventually(shop, customer, lambda answer: answer["statistics"])
    sentinel = f"{uuid4().hex[:12]}@example.com"
    post(shop, "/orders", order(external=sentinel, email=sentinel))
    wait_until(lambda: mails_to(stack, sentinel))
    assert mails_to(stack, address) == []


@pytest.mark.capability("C-04")
def test_a_merge_adds_two_people_up_and_its_undo_takes_them_apart(shop: httpx.Client) -> None:
    first, second = (
        post(shop, "/orders", order(status="paid", total=total))["customer_id"] for total in ("10.00", "32.00")
    )
    for customer in (first, second):
        eventually(shop, customer, lambda answer: answer["statistics"])
    merge = post(shop, "/merges", {"survivor_id": first, "absorbed_ids": [second]})

    def spend(answer: Answer) -> Any:
        return answer["statistics"] and answer["statistics"]["net_spend"]["amount"]

    eventually(shop, first, lambda answer: spend(answer) == "42.00")
    assert view(shop, second)["customer"]["canonical_id"] == first
    post(shop, f"/merges/{merge['id']}/undo", {})
    eventually(shop, first, lambda answer: spend(answer) == "10.00")
    eventually(shop, second, lambda answer: spend(answer) == "32.00")


@pytest.mark.capability("C-42")
def test_a_write_key_may_send_events_and_read_nothing(stack: Stack) -> None:
    with httpx.Client(base_url=stack.gateway, headers={"Authorization": f"Bearer {stack.write_key}"}) as browser:
        event = {"source": "web", "message_id": uuid4().hex, "name": "Product Viewed", "properties": {"sku": "t-1"}}
        identities = [{"kind": "anonymous", "value": uuid4().hex}]
        body = {**event, "identities": identities, "occurred_at": datetime.now(UTC).isoformat()}
        assert browser.post("/v1/events", json=body).is_success
        refused = browser.get("/v1/customers")
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
