"""Shops as they push to us: sign, send, and read what became of it through the API."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.profile.served import Doors
from tests.profile.webhooks.payloads import Sample

ADMIN = ("profile:admin", "profile:read", "profile:write", "profile:pii")
RATES = {"USD": "7", "EUR": "8", "AUD": "5"}


def signature(raw: bytes, secret: str) -> str:
    """What both platforms send."""
    return base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()


@dataclass
class Shop:
    """One shop that pushes webhooks."""

    doors: Doors
    platform: str
    id: str
    secret: str
    sent: int = 0

    @property
    def path(self) -> str:
        return f"/v1/webhooks/in/{self.platform}/{self.id}"

    def push(self, topic: str, payload: Any, **head: str) -> httpx.Response:
        """A delivery of its own with its signature; `head` replaces headers."""
        raw = payload if isinstance(payload, bytes) else _bytes_of(payload)
        self.sent += 1
        if self.platform == "shopify":
            own = {"x-shopify-topic": topic, "x-shopify-hmac-sha256": signature(raw, self.secret)}
            own |= {"x-shopify-event-id": f"event-{self.sent}"}
        else:
            own = {"x-wc-webhook-topic": topic, "x-wc-webhook-signature": signature(raw, self.secret)}
        sent = own | {"content-type": "application/json"} | head
        return self.doors.http.post(self.path, content=raw, headers=sent)

    def take(self, topic: str, payload: Any, **head: str) -> str:
        """The outcome of a delivery that must be answered 200."""
        answer = self.push(topic, payload, **head)
        assert answer.status_code == 200, answer.text
        outcome: str = answer.json()["outcome"]
        return outcome

    def read(self, path: str) -> Any:
        """What the API says."""
        answer = self.doors.get(path, scopes=ADMIN)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def order(self, order_id: Any) -> Any:
        """One order."""
        return self.read(f"/v1/orders/eu:{order_id}")

    def customer(self, kind: str, value: str) -> Any:
        """The customer who is recognised by this; None where nobody is."""
        asked = {"identities": [{"kind": kind, "value": value}]}
        matches = self.doors.post("/v1/customers/lookup", asked, scopes=ADMIN).json()["matches"]
        return self.read(f"/v1/customers/{matches[0]['canonical_id']}") if matches else None

    def rejections(self) -> Any:
        """What is refused and open."""
        return self.read("/v1/rejections?door=webhook&status=open")["items"]


def _bytes_of(payload: Any) -> bytes:
    """A sample as it stands in its file, anything else as JSON."""
    return payload.raw if isinstance(payload, Sample) else json.dumps(payload).encode()


def shop_of(doors: Doors, kind: str, secret: str) -> Shop:
    """A new shop with one secret, and rates for the currencies of the payloads."""
    body = {"code": "eu", "kind": kind, "name": "Shop", "currency": "USD"}
    made = doors.post("/v1/sources", body, scopes=ADMIN)
    assert made.status_code == 201, made.text
    source_id = made.json()["id"]
    assert doors.post(f"/v1/sources/{source_id}/secrets", {"secret": secret}, scopes=ADMIN).status_code == 201
    for currency, rate in RATES.items():
        doors.call("PUT", f"/v1/exchange-rates/{currency}/2000-01-01", {"rate": rate}, scopes=ADMIN)
    return Shop(doors, kind.replace("_", "-"), source_id, secret)
