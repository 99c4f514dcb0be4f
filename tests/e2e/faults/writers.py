"""Shops that keep sending while things break, and a ledger of what they were promised."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import httpx

CUSTOMERS = 40
ACCEPTED = {200, 201}


@dataclass
class Ledger:
    """Every acknowledged order in its newest acknowledged version, and how often each answer came."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, document: dict[str, Any], answer: httpx.Response) -> None:
        with self.lock:
            known = self.orders.get(document["order_id"])
            if known is None or known["order_version"] < document["order_version"]:
                self.orders[document["order_id"]] = document
            self.answers[f"{answer.status_code}"] += 1

    def count(self, answer: str) -> None:
        with self.lock:
            self.answers[answer] += 1

    def net_by_customer(self) -> dict[str, tuple[int, Decimal]]:
        """Counted orders and their sum per customer, by the definitions of the API page."""
        found: dict[str, tuple[int, Decimal]] = {}
        for document in self.orders.values():
            orders, spend = found.get(document["identities"][0]["value"], (0, Decimal(0)))
            counts = document["status"] != "cancelled"
            total = Decimal(document["totals"]["total"])
            found[document["identities"][0]["value"]] = (orders + counts, spend + counts * total)
        return found


class Shop(threading.Thread):
    """One writer: new orders, newer versions, repeated and older ones; each document is sent until it is answered."""

    def __init__(self, number: int, url: str, key: str, ledger: Ledger, stop: threading.Event) -> None:
        super().__init__(name=f"shop-{number}", daemon=True)
        self._random = Random(number)
        self._url, self._key = url, key
        self._ledger, self._stopping = ledger, stop
        self._sent: list[dict[str, Any]] = []
        self._number = number
        self._pause = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self._url, headers={"Authorization": f"Bearer {self._key}"}, timeout=5) as client:
            while not self._stopping.is_set():
                self._deliver(client, self._next())

    def _next(self) -> dict[str, Any]:
        chance = self._random.random()
        if self._sent and chance < 0.15:
            return self._random.choice(self._sent)
        if self._sent and chance < 0.4:
            return self._changed(self._random.choice(self._sent[-50:]))
        return self._fresh()

    def _fresh(self) -> dict[str, Any]:
        placed = datetime.now(UTC) - timedelta(days=self._random.randrange(1, 200))
        document = {
            "source": "faults",
            "order_id": f"{self._number}-{len(self._sent)}",
            "order_version": 10,
            "status": "paid",
            "placed_at": placed.isoformat(),
            "paid_at": placed.isoformat(),
            "currency": "CNY",
            "identities": [{"kind": "external", "value": f"u-{self._random.randrange(CUSTOMERS)}"}],
            "totals": {"total": f"{self._random.randint(100, 99999) / 100:.2f}"},
        }
        self._sent.append(document)
        return document

    def _changed(self, document: dict[str, Any]) -> dict[str, Any]:
        """A newer or an older version of an order that was sent before; only the newest counts in the end."""
        step = self._random.choice((-3, -1, 1, 2))
        version = max(1, document["order_version"] + step)
        status = self._random.choice(("paid", "paid", "cancelled"))
        total = f"{self._random.randint(100, 99999) / 100:.2f}"
        changed = {**document, "order_version": version, "status": status, "totals": {"total": total}}
        if version <= document["order_version"]:
            return changed
        self._sent[self._sent.index(document)] = changed
        return changed

    def _deliver(self, client: httpx.Client, document: dict[str, Any]) -> None:
        """Send until an answer says it is stored: what nobody acknowledged may or may not be there."""
        while True:
            try:
                answer = client.post("/v1/orders", json=document)
            except httpx.TransportError:
                self._ledger.count("no answer")
                self._pause.wait(0.05)
                continue
            if answer.status_code in ACCEPTED:
                return self._ledger.acknowledge(document, answer)
            assert answer.status_code in {429, 503, 504}, answer.text
            self._ledger.count(str(answer.status_code))
            self._pause.wait(0.05)
