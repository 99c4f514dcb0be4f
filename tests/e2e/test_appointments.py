"""A customer books a time with a manager through the gateway; the manager has it in the day and notes who came."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_path import hired, post
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-28")
ALWAYS = {day: [["00:00", "23:59"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def receiving(shop: httpx.Client) -> tuple[str, str]:
    """A service and a manager who receives for it at any hour."""
    manager = hired(shop)
    body: dict[str, Any] = {
        "code": f"s-{uuid4().hex[:8]}",
        "titles": {"zh": "选购咨询"},
        "kind": "visit",
        "minutes": 10,
    }
    service = post(shop, "/appointment-services", body | {"lead_hours": 0, "cancel_hours": 0, "days_ahead": 180})["id"]
    kept = shop.put(f"/v1/appointment-hosts/{manager}", json={"weekly": ALWAYS, "services": [service]})
    assert kept.is_success, kept.text
    return service, manager


def times(shop: httpx.Client, service: str) -> list[str]:
    """The next free times of a service."""
    found = shop.get("/v1/appointments/slots", params={"service_id": service, "limit": 500}).json()["items"]
    return [one["starts_at"] for one in found]


def test_a_customer_books_moves_and_the_manager_sees_it(stack: Stack, shop: httpx.Client) -> None:
    service, manager = receiving(shop)
    identity = {"kind": "email", "value": f"{uuid4().hex[:12]}@example.com"}
    customer = post(shop, "/customers", {"identities": [identity]})["id"]
    token = post(shop, f"/customers/{customer}/tokens", {})["token"]
    with httpx.Client(base_url=stack.gateway, headers={"Authorization": f"Bearer {token}"}, timeout=30) as me:
        first, second, *_ = [
            one["starts_at"] for one in me.get("/v1/appointments/slots", params={"service_id": service}).json()["items"]
        ]
        made = post(me, "/me/appointments", {"service_id": service, "starts_at": first, "note": "想看新款"})
        assert (made["manager_id"], made["status"], made["note"]) == (manager, "booked", "想看新款")
        taken = me.post(
            "/v1/me/appointments",
            json={"service_id": service, "starts_at": first},
            headers={"Idempotency-Key": uuid4().hex},
        )
        assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
        moved = post(me, f"/me/appointments/{made['id']}/reschedule", {"starts_at": second})
        assert moved["starts_at"] == second
        assert first in times(shop, service)
    (task,) = shop.get("/v1/tasks", params={"owner_id": manager, "status": "open"}).json()["items"]
    assert (task["cause"], task["due_at"], task["customer_id"]) == ("appointment", second, customer)
    came = shop.post(f"/v1/appointments/{made['id']}/check-in", headers={"Idempotency-Key": uuid4().hex})
    assert came.json()["status"] == "attended"

    def entries() -> Any:
        items = shop.get(f"/v1/customers/{customer}/timeline?kind=task").json()["items"]
        return [one["code"] for one in items]

    wait_until(lambda: entries() == ["done", "open"])
