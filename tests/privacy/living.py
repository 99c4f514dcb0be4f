"""Somebody of whom every door and every service heard something."""

from typing import Any
from uuid import UUID

import httpx

from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import NewMessage
from services.profile.orders.schemas import EXAMPLE
from services.scoring.assessments import usecases as assessments
from shared.ids import new_id
from shared.runtime import Runtime
from tests.privacy.deliveries import deliver
from tests.privacy.seeding import canary

PHONE = "+8613800138123"
NAME, STREET, MAIL = f"Wang {canary()}", canary(), f"{canary()}@example.com"
WHO = [{"kind": "phone", "value": PHONE}, {"kind": "email", "value": MAIL}]
SPOKEN = {NAME, STREET, MAIL, PHONE, PHONE.removeprefix("+86")}


def post(api: httpx.Client, path: str, body: Any, status: int = 201) -> Any:
    answer = api.post(path, json=body, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == status, answer.text
    return answer.json()


def live(api: httpx.Client, runtimes: dict[str, Runtime], log: list[bytes]) -> UUID:
    """Somebody of whom every door and every service heard something; nobody the others know is harmed."""
    said = {"source": "shop", "identities": WHO, "name": NAME, "address": STREET, "birth_year": 1990}
    customer = UUID(post(api, "/customers", said)["id"])
    order = EXAMPLE | {"identities": WHO, "refunds": []}
    post(api, "/orders", order)
    post(api, "/orders/batch", {"items": [order | {"order_id": "A-2", "currency": "XXX"}]}, 200)
    event = {"source": "web", "message_id": "m-1", "name": "Product Viewed", "occurred_at": "2026-11-24T04:00:00Z"}
    post(api, "/events", event | {"identities": WHO, "properties": {"street": STREET}}, 200)
    consent = {"purpose": "marketing", "channel": "email", "state": "granted", "source": "shop", "evidence": STREET}
    post(api, f"/customers/{customer}/consents", consent)
    deliver(runtimes, log)
    assessments.assess_due(runtimes["scoring"])
    engagement = runtimes["engagement"]
    body = {"customer_id": str(customer), "template": "birthday", "purpose": "marketing", "topic": "care"}
    wish = NewMessage.model_validate(body | {"channels": ["email"]})
    heard = sending.hear(engagement.settings, wish)
    with engagement.database.transaction() as session:
        sending.ask(session, engagement.settings, wish, heard, engagement.now())
    deliver(runtimes, log)
    upload(api, ["姓名,手机,地址", f"{NAME},{PHONE},{STREET}", "李四,13800138124,人民路 1 号"])
    upload(api, [f"{NAME},{PHONE},{STREET}", "李四,13800138124,人民路 1 号"])
    return customer


def upload(api: httpx.Client, rows: list[str]) -> None:
    """A file of customers that waits to be taken in."""
    files = {"file": ("customers.csv", "\n".join(rows).encode(), "text/csv")}
    headers = {"Idempotency-Key": str(new_id())}
    answer = api.post("/imports", data={"kind": "customers", "source": "shop"}, files=files, headers=headers)
    assert answer.status_code == 202, answer.text
