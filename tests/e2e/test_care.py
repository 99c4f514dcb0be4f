"""Care through the gateway: a lunar birthday and a festival previewed for a year, a warning that becomes a case."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kafka import KafkaProducer

from services.engagement.lunar.rules import lunar
from shared.contracts.examples import examples
from shared.contracts.scoring import WarningClosed, WarningRaised
from shared.ids import new_id
from shared.testing.waiting import wait_until
from tests.e2e.test_path import order, post
from tests.stack import Stack


def customer(shop: httpx.Client, **more: Any) -> str:
    identities = [{"kind": "email", "value": f"{uuid4().hex[:12]}@example.com"}]
    return str(post(shop, "/customers", {"identities": identities} | more)["id"])


@pytest.mark.capability("C-26")
def test_a_lunar_birthday_is_previewed_for_a_year(shop: httpx.Client) -> None:
    who = customer(shop, birthday={"calendar": "lunar", "month": 8, "day": 15})
    rule: dict[str, Any] = {"code": f"moon-{uuid4().hex[:8]}", "name": "Birthday", "occasion": {"kind": "birthday"}}
    rule |= {"at": "09:00", "purpose": "marketing", "topic": "care", "channels": ["email"], "template": "birthday"}
    made = post(shop, "/care-rules", rule | {"audience": {"customer_ids": [who]}})
    year = {"from": "2027-01-01", "to": "2028-01-01", "rule_id": made["id"]}

    def days() -> list[tuple[str, int]]:
        items = shop.get("/v1/care-calendar/days", params=year).json()["items"]
        return [(one["day"], one["people"]) for one in items]

    wait_until(lambda: days() == [("2027-09-15", 1)])
    (entry,) = shop.get("/v1/care-calendar", params=year).json()["items"]
    assert (entry["happens_at"], entry["customer_id"]) == ("2027-09-15T01:00:00Z", who)
    assert (entry["key"], entry["status"]) == (f"birthday:{lunar(datetime(2027, 9, 15).date()).year}", "expected")  # noqa: DTZ001
    refused = shop.get("/v1/care-calendar/days", params=year | {"from": "1850-01-01"})
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("from", "too_small")]
    reward = shop.post("/v1/care-rules", json=rule | {"code": "r", "reward": {"kind": "points", "points": 5}})
    assert [(one["field"], one["code"]) for one in reward.json()["errors"]] == [("reward", "not_allowed")]


@pytest.mark.capability("C-26")
def test_a_festival_is_found_in_the_calendar_that_the_merchant_edits(shop: httpx.Client) -> None:
    who = customer(shop)
    calendar = next(one for one in shop.get("/v1/calendars").json()["items"] if one["code"] == "cn")
    code = f"founding-{uuid4().hex[:8]}"
    day = {"day": "2027-08-08", "kind": "festival", "holiday": code, "name": "店庆 Founding day"}
    added = post(shop, f"/calendars/{calendar['id']}/days", day)
    rule: dict[str, Any] = {"code": code, "name": "Founding day", "occasion": {"kind": "holiday", "holiday": code}}
    rule |= {"at": "10:00", "purpose": "marketing", "topic": "care", "channels": ["email"], "template": "holiday"}
    made = post(shop, "/care-rules", rule | {"audience": {"customer_ids": [who]}})
    path, year = "/v1/care-calendar/days", {"from": "2027-01-01", "to": "2028-01-01", "rule_id": made["id"]}
    wait_until(lambda: [one["day"] for one in shop.get(path, params=year).json()["items"]] == ["2027-08-08"])
    moved = shop.patch(
        f"/v1/calendars/{calendar['id']}/days/{added['id']}", json={"day": "2027-08-09"}, headers={"If-Match": '"1"'}
    )
    assert moved.status_code == 200
    assert [one["day"] for one in shop.get(path, params=year).json()["items"]] == ["2027-08-09"]


def told(stack: Stack, event: WarningRaised | WarningClosed) -> None:
    """Say something as scoring would."""
    headers = [("ce_type", type(event).type.encode()), ("ce_id", str(new_id()).encode())]
    producer = KafkaProducer(bootstrap_servers=stack.kafka)
    producer.send(
        "scoring.events",
        key=str(event.customer_id).encode(),
        value=event.model_dump_json(by_alias=True).encode(),
        headers=headers,
    ).get(timeout=20)
    producer.close()


@pytest.mark.capability("C-29")
def test_a_warning_becomes_a_case_that_ends_with_an_order(stack: Stack, shop: httpx.Client) -> None:
    who, now = customer(shop), datetime.now(UTC) - timedelta(seconds=1)
    known = {"customer_id": who, "warning_id": new_id(), "occurred_at": now, "recorded_at": now, "value": "800.00"}
    warning = examples(WarningRaised)[0]
    warning = type(warning).model_validate(warning.model_dump(by_alias=True) | known | {"origin": "live"})
    told(stack, warning)

    def cases() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = shop.get("/v1/winback-cases", params={"customer_id": who}).json()["items"]
        return found

    wait_until(lambda: len(cases()) == 1)
    path = f"/winback-cases/{cases()[0]['id']}"
    (task,) = shop.get("/v1/tasks", params={"customer_id": who}).json()["items"]
    assert (task["cause"], task["kind"], task["case_id"]) == ("winback", "call", cases()[0]["id"])
    brief = shop.get(f"/v1/tasks/{task['id']}/brief").json()
    assert ([one["id"] for one in brief["cases"]], brief["complaints"]) == ([task["case_id"]], [])
    assert brief["offers"]
    assert post(shop, f"/tasks/{task['id']}/complete", {"outcome": "price"})["status"] == "done"
    assert (cases()[0]["status"], cases()[0]["reason"]) == ("contacted", "price")
    made = post(shop, f"{path}/offer", {})
    assert made["offer_id"] in made["fitting"]
    ended = {name: known[name] for name in ("customer_id", "warning_id", "occurred_at", "recorded_at")}
    closed = examples(WarningClosed)[0].model_dump(by_alias=True) | ended | {"outcome": "ordered"}
    told(stack, WarningClosed.model_validate(closed))
    wait_until(lambda: cases()[0]["status"] == "recovered")
    again = shop.post(f"/v1{path}/offer", json={}, headers={"Idempotency-Key": uuid4().hex})
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    assert any(one["recovered"] >= 1 for one in shop.get("/v1/reports/winback").json()["by_offer"])


@pytest.mark.capability("C-28")
def test_care_by_phone_is_a_task_with_what_to_say(shop: httpx.Client) -> None:
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # where it is noon, so that nobody is disturbed
    number = f"+86138{uuid4().int % 10**8:08d}"
    who = customer(shop, identities=[{"kind": "phone", "value": number}], time_zone=zone, name="李娜")
    rule: dict[str, Any] = {"code": f"ring-{uuid4().hex[:8]}", "name": "Ring up", "channels": ["phone"]}
    rule |= {"occasion": {"kind": "order", "step": "delivered"}, "audience": {"customer_ids": [who]}}
    rule |= {"purpose": "service", "topic": "service", "template": "usage-check", "task": {"kind": "call"}}
    made = post(shop, "/care-rules", rule)
    post(shop, f"/care-rules/{made['id']}/activate", {})
    assert post(shop, "/orders", order(phone=number))["customer_id"] == who

    def tasks() -> list[dict[str, Any]]:
        found = shop.get("/v1/tasks", params={"customer_id": who}).json()["items"]
        return [one for one in found if one["cause"] == "care"]

    wait_until(tasks)
    (task,) = tasks()
    assert (task["kind"], task["status"], "李娜" in task["script"]) == ("call", "open", True)
    (message,) = shop.get("/v1/messages", params={"care_rule_id": made["id"]}).json()["items"]
    assert (message["status"], message["channel"]) == ("handed_over", "phone")
    assert post(shop, f"/tasks/{task['id']}/complete", {"outcome": "satisfied"})["status"] == "done"
    post(shop, f"/care-rules/{made['id']}/pause", {})


@pytest.mark.capability("C-27")
def test_a_campaign_by_phone_becomes_tasks_that_its_results_count(shop: httpx.Client) -> None:
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # where it is noon
    numbers = [f"+86139{uuid4().int % 10**8:08d}" for _ in range(3)]
    people = [customer(shop, identities=[{"kind": "phone", "value": one}], time_zone=zone) for one in numbers]
    mute = customer(shop, time_zone=zone)  # nobody knows a number of theirs
    opens = datetime.now(UTC) - timedelta(minutes=1)
    window = {"from": opens.isoformat(), "to": (opens + timedelta(days=1)).isoformat()}
    draft = {"name": "Ring up", "purpose": "service", "topic": "service", "channels": ["phone"], "holdout": 0}
    draft |= {"audience": {"customer_ids": [*people, mute]}, "window": window}
    made = post(shop, "/campaigns", draft | {"variants": [{"code": "a", "template": "usage-check"}]})
    path = f"/campaigns/{made['id']}"
    post(shop, f"{path}/start", {})

    def results() -> dict[str, Any]:
        found: dict[str, Any] = shop.get(f"/v1{path}/results").json()
        return found

    wait_until(lambda: results()["messages"] == {"handed_over": 3, "skipped": 1})
    assert results()["excluded"] == {"address.none": 1}
    (task,) = shop.get("/v1/tasks", params={"customer_id": people[0]}).json()["items"]
    assert (task["cause"], task["kind"], task["case_id"], task["status"]) == ("campaign", "call", made["id"], "open")
    assert post(shop, f"/tasks/{task['id']}/complete", {"outcome": "satisfied"})["status"] == "done"
    at = datetime.now(UTC).isoformat()
    bought = order(phone=numbers[0], total="80.00") | {"placed_at": at, "paid_at": at, "delivered_at": at}
    assert post(shop, "/orders", bought)["customer_id"] == people[0]

    def group() -> dict[str, Any]:
        return next(one for one in results()["groups"] if one["group"] == "a")

    wait_until(lambda: group()["converted"] == 1)
    assert (group()["assigned"], group()["sent"]) == (4, 3)
    assert group()["revenue"] == {"amount": "80.00", "currency": "CNY"}
    wait_until(lambda: results()["status"] == "finished")
    left = [shop.get("/v1/tasks", params={"customer_id": one}).json()["items"][0]["status"] for one in people]
    assert left == ["done", "open", "open"]
