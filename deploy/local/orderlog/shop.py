"""The shop at the gateway's door: asks whether the deployment is ours to fill, and sells once, live."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from deploy.local.problems import StackError

OURS = {"cdnow", "completejourney", "guanxi-demo"}
SCORED_SECONDS = 180
STEP_SECONDS = 1.0


def connect(run: dict[str, Any]) -> httpx.Client:
    """A client of the running stack, as its administrator."""
    return httpx.Client(base_url=run["gateway"], headers={"Authorization": f"Bearer {run['admin_key']}"}, timeout=30)


def require_no_real_data(gateway: httpx.Client) -> None:
    """Raises StackError when an order or a customer came from anywhere but a demonstration log."""
    for path in ("/v1/orders", "/v1/customers"):
        sources = {item.get("source") for item in _answer(gateway.get(path, params={"limit": 200}))["items"]}
        if foreign := sorted(source for source in sources - OURS if source):
            raise StackError(
                f"This deployment holds data of its own (source {foreign[0]}): no order log is mixed into it."
            )


def sell(gateway: httpx.Client, source: str, customer: str, currency: str) -> dict[str, Any]:
    """One order, delivered just now, by a customer of the log who also has an e-mail address; the answer."""
    now = datetime.now(UTC).isoformat()
    order = {
        "source": source,
        "order_id": f"live-{uuid4().hex[:12]}",
        "identities": [
            {"kind": "external", "value": customer},
            {"kind": "email", "value": f"customer-{customer}@example.com"},
        ],
        "status": "delivered",
        "placed_at": now,
        "paid_at": now,
        "shipped_at": now,
        "delivered_at": now,
        "channel": "web",
        "currency": currency,
        "lines": [{"line_id": "1", "sku": "gift", "name": "Gift box", "quantity": 1, "unit_price": "28.00"}],
    }
    return _answer(gateway.post("/v1/orders", json=order))


def find(gateway: httpx.Client, source: str, customers: Sequence[str]) -> list[str]:
    """Our ids of customers by the shop's ids, in the order asked."""
    identities = [{"kind": "external", "value": customer, "source": source} for customer in customers]
    matches = _answer(gateway.post("/v1/customers/lookup", json={"identities": identities}))["matches"]
    found = {match["index"]: str(match["canonical_id"]) for match in matches}
    return [found[index] for index in range(len(customers)) if index in found]


def refused(gateway: httpx.Client, source: str) -> int:
    """How many reports of the log were refused, up to 200."""
    return len(_answer(gateway.get("/v1/rejections", params={"source": source, "limit": 200}))["items"])


def await_scores(gateway: httpx.Client, customers: Sequence[str]) -> bool:
    """Whether all these customers got their statistics and RFM in time."""
    deadline = time.monotonic() + SCORED_SECONDS
    while time.monotonic() < deadline:
        views = [_answer(gateway.get(f"/v1/customers/{customer}/360")) for customer in customers]
        if all(view["statistics"] and view["rfm"] for view in views):
            return True
        time.sleep(STEP_SECONDS)
    return False


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.is_error:
        raise StackError(
            f"{response.request.method} {response.request.url} answered {response.status_code}: {response.text}"
        )
    answer: dict[str, Any] = response.json()
    return answer
