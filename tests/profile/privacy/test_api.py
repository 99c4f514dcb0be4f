"""Erasures, exports and retention rules of profile over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from services.profile.holdings import TERMS
from services.profile.ingestion.rejections.tables import RejectedEvent
from services.profile.orders.schemas import EXAMPLE
from services.profile.privacy import usecases
from shared import retention
from shared.ids import new_id
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-09")

ADMIN = ("profile:admin", "profile:read", "profile:write", "profile:pii", "ingest")


@pytest.fixture
def customer(doors: Doors) -> str:
    identities = [{"kind": "phone", "value": "+8613800138000"}]
    said = {"source": "shop", "identities": identities, "name": "Wang Xiaoming"}
    found: str = doors.post("/v1/customers", said).json()["id"]
    order = EXAMPLE | {"identities": identities, "refunds": []}
    assert doors.post("/v1/orders", order).status_code == 201
    doors.post("/v1/orders/batch", {"items": [order | {"order_id": "A-2", "currency": "XXX"}]})
    return found


def erase(doors: Doors, customer: str) -> Any:
    return doors.post(f"/v1/customers/{customer}/erasure", key=str(new_id()), scopes=ADMIN)


def export(doors: Doors, customer: str) -> Any:
    headers = doors.headers("profile:read", kind="service")
    return doors.http.get(f"/internal/customers/{customer}/export", headers=headers)


def test_an_erasure_is_accepted_followed_and_listed(doors: Doors, customer: str) -> None:
    accepted = erase(doors, customer)
    assert (accepted.status_code, accepted.json()["status"]) == (202, "requested")
    assert accepted.headers["location"] == f"/v1/erasures/{accepted.json()['id']}"
    usecases.erase_due(doors.runtime)
    seen = doors.get(f"/v1/erasures/{accepted.json()['id']}", scopes=ADMIN).json()
    assert (seen["status"], seen["requested_by"], seen["counts"]["profile"]["identity"]) == ("erased", "key-1", 1)
    listed = doors.get("/v1/erasures?status=erased", scopes=ADMIN).json()["items"]
    assert [one["id"] for one in listed] == [seen["id"]]
    assert doors.get("/v1/erasures?status=completed", scopes=ADMIN).json()["items"] == []


def test_the_erased_are_gone_to_every_read(doors: Doors, customer: str) -> None:
    erase(doors, customer)
    for path in ("", "/identities", "/consents", "/timeline", "/orders"):
        answer = doors.get(f"/v1/customers/{customer}{path}", scopes=ADMIN)
        assert (answer.status_code, answer.json()["code"]) == (410, "erased"), path
    again = erase(doors, customer)
    assert (again.status_code, again.json()["code"]) == (410, "erased")
    order = doors.post("/v1/orders", EXAMPLE | {"identities": [{"kind": "phone", "value": "+86 138 0013 8000"}]})
    assert (order.status_code, order.json()["code"]) == (410, "erased")


def test_an_export_holds_every_table_that_knows_something(doors: Doors, customer: str) -> None:
    answer = export(doors, customer)
    assert answer.status_code == 200
    tables = answer.json()
    assert {"customer", "identity", "customer_order", "customer_change", "rejected_event"} <= set(tables)
    assert tables["customer"][0]["name"] == "Wang Xiaoming"
    assert [one["value"] for one in tables["identity"]] == ["+8613800138000"]
    assert "XXX" in tables["rejected_event"][0]["body"]
    stranger = export(doors, str(new_id()))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
    erase(doors, customer)
    assert export(doors, customer).json()["code"] == "erased"


def test_rows_older_than_their_rule_says_are_deleted(doors: Doors) -> None:
    now = doors.runtime.now()
    row: dict[str, Any] = {
        "door": "batch",
        "kind": "order",
        "code": "unreadable",
        "errors": [],
        "body": "{}",
        "origin": "live",
    }
    row |= {"status": "open", "version": 1}
    with doors.runtime.database.transaction() as session:
        for days in (20, 60, 100):
            at = now - timedelta(days=days)
            session.execute(insert(RejectedEvent).values(row | {"rejection_id": new_id(), "received_at": at}))
    sweep = retention.sweeping(TERMS)

    def left() -> int:
        sweep(doors.runtime)
        with doors.session() as session:
            return session.scalar(select(func.count()).select_from(RejectedEvent)) or 0

    assert left() == 2
    path, headers = "/internal/retention-rules/rejected_event", doors.headers("profile:admin", kind="service")
    rules = doors.http.get("/internal/retention-rules", headers=headers).json()
    assert {"rejected_event", "behaviour_event", "dead_letter", "job"} <= {one["table"] for one in rules}
    stale = doors.http.patch(path, json={"days": 30}, headers=headers | {"If-Match": '"7"'})
    assert stale.status_code == 412
    changed = doors.http.patch(path, json={"days": 30}, headers=headers | {"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["days"], changed.headers["etag"]) == (200, 30, '"2"')
    assert left() == 1
