"""A complaint through the whole deployment: too late, escalated, made good and closed; and what it does to scores."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from standardwebhooks import Webhook

from shared.testing.waiting import wait_until
from tests.e2e.test_path import hired, order, post
from tests.engagement.channels.doors import Door, door
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-30")
ROUND_THE_CLOCK: dict[str, Any] = {"time_zone": "Asia/Shanghai", "weekly": {}}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EARLIER = """
UPDATE sla_signal SET at = at - %(by)s * interval '1 minute', deadline = deadline - %(by)s * interval '1 minute'
WHERE subject_id = %(id)s
"""
LOOK = "UPDATE complaint SET look_at = opened_at WHERE complaint_id = %s"


def let_pass(stack: Stack, complaint_id: str, minutes: int) -> None:
    """Let it have come in earlier."""
    with psycopg.connect(stack.databases["engagement"]) as connection:
        connection.execute(EARLIER, {"by": minutes, "id": complaint_id})
        connection.execute(LOOK, [complaint_id])


@contextmanager
def told_to_staff(shop: httpx.Client, **which: Any) -> Iterator[Door]:
    """A system of the merchant's own that is told of escalations while the block lasts."""
    with door((204, b"")) as receiver:
        target = {"url": f"{receiver.url}/alerts", "secret": SECRET}
        way = {"code": f"ops-{uuid4().hex[:8]}", "name": "Ops", "kind": "webhook", "target": target, "locale": "en"}
        made = post(shop, "/alert-routes", way | which)
        yield receiver
        assert shop.delete(f"/v1/alert-routes/{made['id']}").status_code == 204


def heard_of(receiver: Door, complaint_id: str) -> list[dict[str, Any]]:
    """The alerts of a complaint as a receiver takes them: with the reference verifier of Standard Webhooks."""
    documents = [Webhook(SECRET).verify(one.body, one.headers) for one in receiver.asked]
    return [one["data"] for one in documents if one["data"]["facts"]["subject_id"] == complaint_id]


def refused(shop: httpx.Client, path: str, body: Any) -> tuple[int, str]:
    answer = shop.post(f"/v1{path}", json=body, headers={"Idempotency-Key": uuid4().hex})
    return answer.status_code, answer.json()["code"]


def tasks_of(shop: httpx.Client, customer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.get("/v1/tasks", params={"customer_id": customer, "status": "open"}).json()[
        "items"
    ]
    return found


@contextmanager
def another(stack: Stack, shop: httpx.Client, *scopes: str) -> Iterator[httpx.Client]:
    """Another credential."""
    key = post(shop, "/api-keys", {"name": "lead", "scopes": list(scopes)})["key"]
    with httpx.Client(base_url=stack.gateway, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        yield client


@pytest.fixture
def category(shop: httpx.Client) -> str:
    """A category of which the first answer is promised in a minute, in hours that began long ago."""
    code, hours = f"c-{uuid4().hex[:8]}", f"h-{uuid4().hex[:8]}"
    post(shop, "/complaint-categories", {"code": code, "names": {"en": "Broken"}})
    post(shop, "/business-hours", ROUND_THE_CLOCK | {"code": hours, "name": "Always"})
    promise: dict[str, Any] = {"code": f"p-{uuid4().hex[:8]}", "rank": 1, "when": {"categories": [code]}}
    promise |= {"minutes": {"1": {"first_response": 1, "resolution": 480}}, "business_hours": hours}
    post(shop, "/sla-policies", promise | {"escalations": [{"metric": "first_response", "percent": 100, "to": "lead"}]})
    return code


def test_a_complaint_goes_from_intake_over_breach_and_escalation_to_its_end(
    stack: Stack, shop: httpx.Client, category: str
) -> None:
    bought = post(shop, "/orders", order(email=f"{uuid4().hex[:12]}@example.com"))
    who = bought["customer_id"]
    body = {"customer_id": who, "category": category, "severity": 1, "channel": "phone", "order_id": bought["id"]}
    made = post(shop, "/complaints", body | {"description": "茶叶罐碎了"})
    path = f"/complaints/{made['id']}"
    assert made["number"].startswith("C-")
    assert refused(shop, f"{path}/start", {}) == (409, "invalid_transition")
    assert refused(shop, f"{path}/close", {}) == (409, "invalid_transition")
    assert refused(shop, f"{path}/merge", {"into": made["id"]}) == (422, "not_eligible")
    post(shop, f"{path}/assign", {"owner_id": hired(shop)})
    post(shop, f"{path}/start", {})

    def now() -> dict[str, Any]:
        found: dict[str, Any] = shop.get(f"/v1{path}").json()
        return found

    with told_to_staff(shop, to=["lead"]) as receiver:
        let_pass(stack, made["id"], minutes=2)
        wait_until(lambda: heard_of(receiver, made["id"]))
    (alert,) = heard_of(receiver, made["id"])
    assert alert["subject"] == f"Complaint {made['number']} escalated: 100% of first response is over"
    wait_until(lambda: shop.get(f"/v1/staff-alerts/{alert['alert_id']}").json()["status"] == "sent")
    late = now()
    assert late["breached"] == ["first_response"]
    assert late["escalated_to"] == "lead"
    clocks = {one["metric"]: one for one in shop.get(f"/v1{path}/sla").json()["clocks"]}
    opened, breached = (datetime.fromisoformat(clocks["first_response"][one]) for one in ("started_at", "breached_at"))
    assert breached - opened == timedelta(minutes=1)
    queue = shop.get("/v1/complaints", params={"status": "open", "breached": "true", "sort": "due_at"}).json()["items"]
    assert made["id"] in [one["id"] for one in queue]
    post(shop, f"{path}/comments", {"text": "We are sorry and send a new one."})
    money = {"kind": "refund", "amount": {"amount": "300.00", "currency": "CNY"}, "reason": "broken"}
    proposed = post(shop, f"{path}/compensations", money)
    approval = f"/compensations/{proposed['id']}/approve"
    assert refused(shop, approval, {}) == (422, "approval_required")
    with another(stack, shop, "engagement:approve") as lead:
        assert post(lead, approval, {})["status"] == "granted"
        assert refused(lead, approval, {}) == (409, "invalid_transition")
    causes = [(one["cause"], one["case_id"]) for one in tasks_of(shop, who)]
    assert sorted(causes) == [("compensation", proposed["id"]), ("complaint", made["id"])]
    settled = post(shop, f"{path}/resolve", {"resolution": "replaced", "summary": "A new tin was sent."})
    assert settled["status"] == "resolved"
    assert refused(shop, f"{path}/close", {}) == (422, "validation_failed")
    assert post(shop, f"{path}/close", {"root_cause": "packaging"})["status"] == "closed"
    verbs = [one["verb"] for one in shop.get(f"/v1{path}/history").json()["items"]]
    by_clock = ["breached", "escalated"]  # before all others, as it came in earlier than it was taken in
    offered = ["propose_compensation", "compensation"]
    assert verbs == [*by_clock, "opened", "assign", "start", "answered", *offered, "resolve", "close"]
    assert [one["cause"] for one in tasks_of(shop, who)] == ["compensation"]
    assert now()["compensation"] == {"amount": "300.00", "currency": "CNY"}

    def told() -> list[str]:
        items = shop.get(f"/v1/customers/{who}/timeline", params={"kind": "complaint"}).json()["items"]
        return sorted(one["code"] for one in items)

    wait_until(lambda: told() == ["closed", "opened", "resolved"])
    report = shop.get("/v1/reports/complaints", params={"by": "category"}).json()
    (row,) = [one for one in report["rows"] if one["key"] == category]
    assert (row["complaints"], row["settled"], row["breached"]) == (1, 1, 1)


def test_a_dispute_whose_deadline_passes_is_told_to_staff_until_the_body_decides(
    stack: Stack, shop: httpx.Client
) -> None:
    who = post(shop, "/orders", order(email=f"{uuid4().hex[:12]}@example.com"))["customer_id"]
    body = {"customer_id": who, "category": "delivery.late", "severity": 3, "channel": "phone", "description": "!"}
    made = post(shop, "/complaints", body)
    path, ends = f"/complaints/{made['id']}", datetime.now(UTC) + timedelta(hours=2)
    dispute = {"body": "12315", "reference": "2026-17", "deadline": ends.isoformat()}
    assert shop.put(f"/v1{path}/dispute", json=dispute).json()["dispute"]["outcome"] is None

    def clock() -> dict[str, Any]:
        found = shop.get(f"/v1{path}/sla").json()["clocks"]
        return next(one for one in found if one["metric"] == "dispute")

    assert (clock()["breached_at"], clock()["met_at"]) == (None, None)
    with told_to_staff(shop) as receiver:
        let_pass(stack, made["id"], minutes=121)

        def levels() -> list[tuple[int, str]]:
            facts = [one["facts"] for one in heard_of(receiver, made["id"])]
            return sorted((one["percent"], one["to"]) for one in facts if one["metric"] == "dispute")

        wait_until(lambda: levels() == [(75, "owner"), (100, "lead")])
    assert "dispute" in shop.get(f"/v1{path}").json()["breached"]
    assert clock()["breached_at"] == clock()["due_at"]
    assert len(tasks_of(shop, who)) >= 2
    decided = shop.put(f"/v1{path}/dispute", json=dispute | {"outcome": "for_customer"})
    assert decided.json()["dispute"]["outcome"] == "for_customer"
    assert clock()["met_at"] is not None
    disputed = shop.get("/v1/complaints", params={"disputed": "true"}).json()["items"]
    assert made["id"] not in [one["id"] for one in disputed]


def test_a_severe_complaint_moves_satisfaction_and_churn_risk_and_may_be_asked_for_in_segments(
    shop: httpx.Client,
) -> None:
    who = post(shop, "/orders", order(email=f"{uuid4().hex[:12]}@example.com"))["customer_id"]

    def dimensions() -> Any:
        found = shop.get(f"/v1/customers/{who}/dimensions")
        return found.json()["dimensions"] if found.is_success else None

    def satisfaction() -> Any:
        return dimensions()["satisfaction"]

    wait_until(lambda: dimensions() is not None)
    before = satisfaction()["level"]
    body = {"customer_id": who, "category": "product.safety", "severity": 1, "channel": "phone", "description": "!"}
    made = post(shop, "/complaints", body)
    wait_until(lambda: "complaints" in [one["code"] for one in satisfaction()["reasons"]])
    assert (before, satisfaction()["level"]) != ("high", "high")
    assert {"code": "complaints", "score": 1.0, "effect": "raises"} in dimensions()["churn"]["reasons"]
    wait_until(lambda: dimensions()["churn"]["level"] in ("medium", "high"))
    wait_until(lambda: shop.get(f"/v1/customers/{who}/statistics").json()["severe_open_complaints"] == 1)
    (case,) = shop.get(f"/v1/customers/{who}/360").json()["cases"]
    assert (case["number"], case["status"]) == (made["number"], "new")
    rule = {"field": "complaints.open", "op": "at_least", "value": 1}
    assert post(shop, "/segments/preview", {"rule": rule})["size"] >= 1
