"""A delivered order asks its customer; what is answered on the page reaches scores, timeline and results."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_path import hired, mails_to, order, post
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-31")
BROWSER = {"Accept": "text/html"}
QUESTIONS = [
    {"code": "csat", "kind": "csat", "required": True},
    {"code": "nps", "kind": "nps"},
    {"code": "speed", "kind": "rating", "aspect": "logistics"},
    {"code": "more", "kind": "text"},
]


def links_to(stack: Stack, address: str) -> list[str]:
    """The answer pages that were mailed to an address."""
    found = []
    for path in mails_to(stack, address):
        html = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(["html"])
        assert html is not None
        found += re.findall(r'https?://[^"]+/v1/public/surveys/[^"]+', html.get_content())
    return found


@pytest.fixture
def asked(stack: Stack, shop: httpx.Client) -> Iterator[tuple[str, str, str]]:
    """A customer whose delivered order is asked about at once: customer, survey, address. It is closed afterwards."""
    address = f"{uuid4().hex[:12]}@example.com"
    customer = post(shop, "/customers", {"identities": [{"kind": "email", "value": address}]})["id"]
    body: dict[str, Any] = {
        "code": f"s-{uuid4().hex[:8]}",
        "titles": {"zh": "这次购物怎么样？"},
        "questions": QUESTIONS,
    }
    body |= {"trigger": {"kind": "delivered", "after_days": 0}, "template": "survey", "channels": ["email"]}
    body |= {"audience": {"customer_ids": [customer]}, "low_score": {"csat_at_most": 2, "task": "call"}}
    survey = post(shop, "/surveys", body)["id"]
    post(shop, f"/surveys/{survey}/publish", {})
    yield customer, survey, address
    post(shop, f"/surveys/{survey}/close", {})


def test_an_answer_on_the_page_moves_satisfaction_and_is_in_the_timeline(
    stack: Stack, shop: httpx.Client, asked: tuple[str, str, str]
) -> None:
    customer, survey, address = asked
    assert post(shop, "/orders", order(email=address))["customer_id"] == customer
    wait_until(lambda: links_to(stack, address))
    (link,) = links_to(stack, address)
    page = httpx.get(link, headers=BROWSER)
    assert (page.status_code, "这次购物怎么样？" in page.text) == (200, True)
    assert httpx.get(link).json()["status"] == "open"

    def satisfaction() -> Any:
        found = shop.get(f"/v1/customers/{customer}/dimensions")
        return found.json()["dimensions"]["satisfaction"] if found.is_success else None

    wait_until(satisfaction)
    assert satisfaction()["level"] == "unknown"
    sent = httpx.post(
        f"{link}/answers", data={"csat": "1", "nps": "2", "speed": "1", "more": "太慢了"}, headers=BROWSER
    )
    assert sent.status_code == 303
    again = httpx.post(f"{link}/answers", data={"csat": "5"}, headers=BROWSER)
    assert (again.status_code, again.headers["content-type"]) == (409, "text/html; charset=utf-8")
    assert httpx.post(f"{link}/answers", json={"answers": {"csat": 5}}).json()["code"] == "already_answered"

    wait_until(lambda: shop.get(f"/v1/customers/{customer}/statistics").json()["surveys"] == 1)
    lowered = ("ratings", "lowers")
    wait_until(lambda: lowered in [(one["code"], one["effect"]) for one in satisfaction()["reasons"]])
    wait_until(lambda: satisfaction()["level"] == "low")

    def told() -> Any:
        return shop.get(f"/v1/customers/{customer}/timeline?kind=survey").json()["items"]

    wait_until(told)
    (entry,) = told()
    assert (entry["tone"], entry["values"]["csat"], entry["values"]["ratings"]) == ("bad", 1, {"logistics": 1})
    results = shop.get(f"/v1/surveys/{survey}/results").json()
    assert (results["answered"], results["csat"]["n"], results["csat"]["mean"]) == (1, 1, None)
    (answer,) = shop.get(f"/v1/surveys/{survey}/answers").json()["items"]
    assert answer["texts"] == {"more": "太慢了"}
    follow_up(shop, customer)


def follow_up(shop: httpx.Client, customer: str) -> None:
    """The low score opened one task; what it came to is in the timeline and among the contacts that count."""
    tasks = shop.get("/v1/tasks", params={"customer_id": customer}).json()["items"]
    assert [(one["cause"], one["kind"], one["status"]) for one in tasks] == [("low_score", "call", "open")]
    assert [one["id"] for one in shop.get(f"/v1/customers/{customer}/360").json()["tasks"]] == [tasks[0]["id"]]
    done = post(shop, f"/tasks/{tasks[0]['id']}/complete", {"outcome": "dissatisfied", "note": "想要退款"})
    assert done["status"] == "done"

    def entries() -> Any:
        items = shop.get(f"/v1/customers/{customer}/timeline?kind=task").json()["items"]
        return [(one["code"], one["values"]["outcome"]) for one in items]

    wait_until(lambda: entries() == [("done", "dissatisfied"), ("open", None)])


def test_an_old_delivery_asks_nobody(stack: Stack, shop: httpx.Client, asked: tuple[str, str, str]) -> None:
    customer, survey, address = asked
    post(shop, "/orders", order(email=address, days_ago=3))
    post(shop, "/orders", order(email=address))
    wait_until(lambda: links_to(stack, address))
    invitations = shop.get(f"/v1/surveys/{survey}/invitations").json()["items"]
    assert [one["customer_id"] for one in invitations] == [customer]
    later = datetime.fromisoformat(invitations[0]["valid_until"])
    assert timedelta(days=13) < later - datetime.now(UTC) < timedelta(days=14)


def test_a_closed_case_asks_how_it_was_handled(stack: Stack, shop: httpx.Client) -> None:
    address, agent = f"{uuid4().hex[:12]}@example.com", hired(shop)
    who = post(shop, "/customers", {"identities": [{"kind": "email", "value": address}]})["id"]
    body: dict[str, Any] = {"code": f"s-{uuid4().hex[:8]}", "titles": {"zh": "处理得怎么样？"}, "questions": QUESTIONS}
    body |= {"trigger": {"kind": "case_closed", "after_days": 0}, "template": "survey", "channels": ["email"]}
    survey = post(shop, "/surveys", body | {"audience": {"customer_ids": [who]}})["id"]
    post(shop, f"/surveys/{survey}/publish", {})
    case = {"customer_id": who, "category": "delivery.damaged", "channel": "phone", "description": "茶叶罐碎了"}
    path = f"/complaints/{post(shop, '/complaints', case)['id']}"
    post(shop, f"{path}/assign", {"owner_id": agent})
    post(shop, f"{path}/resolve", {"resolution": "replaced", "root_cause": "packaging", "summary": "换了新的"})
    post(shop, f"{path}/close", {})
    wait_until(lambda: links_to(stack, address))
    (link,) = links_to(stack, address)
    assert httpx.post(f"{link}/answers", data={"csat": "5"}, headers=BROWSER).status_code == 303
    (answer,) = shop.get(f"/v1/surveys/{survey}/answers").json()["items"]
    assert (answer["csat"], answer["complaint_id"], answer["agent_id"]) == (5, path.rpartition("/")[2], agent)
    post(shop, f"/surveys/{survey}/close", {})
