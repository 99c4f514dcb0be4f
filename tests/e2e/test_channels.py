"""Channels through the gateway: told their secrets, and a signed word of a customer that ends their messages."""

from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from services.engagement.channels.adapters.webhook import signed
from shared.clock import system_clock
from shared.testing.waiting import wait_until
from tests.e2e.test_path import post

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATH = "/v1/callbacks/email/smtp"


@pytest.mark.capability("C-23")
def test_a_signed_stop_withdraws_consent_and_ends_messages(shop: httpx.Client) -> None:
    address = f"{uuid4().hex[:12]}@example.com"
    who = str(post(shop, "/customers", {"identities": [{"kind": "email", "value": address}]})["id"])
    consent = {"purpose": "marketing", "channel": "email", "state": "granted", "source": "checkout"}
    post(shop, f"/customers/{who}/consents", consent)
    wish: dict[str, Any] = {"customer_id": who, "template": "birthday", "purpose": "marketing", "topic": "care"}
    wish |= {"channels": ["email"]}
    thanks = wish | {"template": "thank-you", "purpose": "service", "topic": "service"}  # at any hour of the day
    sent = post(shop, "/messages", thanks)
    wait_until(lambda: shop.get(f"/v1/messages/{sent['id']}").json()["status"] == "sent")

    channel = shop.get("/v1/channels/email")
    told = shop.patch(
        "/v1/channels/email",
        json={"provider": "smtp", "credentials": {"callback_secret": SECRET}},
        headers={"If-Match": channel.headers["ETag"]},
    )
    assert (told.status_code, told.json()["credentials_set"]) == (200, {"smtp": ["callback_secret"]})
    back = shop.patch("/v1/channels/email", json={"provider": None}, headers={"If-Match": told.headers["ETag"]})
    assert back.status_code == 200

    body = orjson.dumps({"type": "customer.unsubscribed", "data": {"address": address}})
    key, now = str(uuid4()), system_clock()()
    with httpx.Client(base_url=str(shop.base_url)) as provider:
        forged = provider.post(PATH, content=body, headers=dict(signed("whsec_" + "B" * 32, key, now, body)))
        heard = provider.post(PATH, content=body, headers=dict(signed(SECRET, key, now, body)))
    assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")
    assert heard.status_code == 200

    def agreed() -> list[str]:
        listed = shop.get(f"/v1/customers/{who}/consents").json()["items"]
        return [one["state"] for one in listed if (one["purpose"], one["channel"]) == ("marketing", "email")]

    wait_until(lambda: agreed() == ["withdrawn"])
    refused = shop.post("/v1/messages/decision", json=wish).json()
    assert refused["reason"] in ("suppression.unsubscribe", "consent.withdrawn")
