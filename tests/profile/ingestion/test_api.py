"""The doors over HTTP, on a real server: batches, events, tracking paths, rejections."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import func, select

from services.profile.behaviour.tables import BehaviourEvent
from services.profile.ingestion.rejections.tables import RejectedEvent
from services.profile.orders.schemas import EXAMPLE
from services.profile.orders.tables import CustomerOrder
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-01")
SUCCESS = {"success": True}


def order(at: int, **fields: Any) -> dict[str, Any]:
    return {**EXAMPLE, "order_id": f"A-{at}", **fields}


def event(at: int, **fields: Any) -> dict[str, Any]:
    return {
        "source": "shop",
        "message_id": f"m-{at}",
        "identities": [{"kind": "external", "value": "u-1"}],
        "name": "Product Viewed",
        "occurred_at": "2026-11-24T04:00:00Z",
        **fields,
    }


def stored(doors: Doors, table: Any) -> int:
    with doors.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_batch_of_orders_answers_item_by_item(doors: Doors) -> None:
    items = [order(0), order(1, currency="QQQ"), order(0), "order", order(0, order_version=9)]
    answer = doors.post("/v1/orders/batch", {"items": items})
    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [one["index"] for one in results] == [0, 1, 2, 3, 4]
    assert [one["status"] for one in results] == ["unchanged", "refused", "unchanged", "refused", "created"]
    assert results[1]["problem"]["code"] == "currency_unsupported"
    assert results[0]["id"] == results[4]["id"]
    assert stored(doors, CustomerOrder) == 1
    assert stored(doors, RejectedEvent) == 2


@pytest.mark.parametrize(("path", "most"), [("/v1/orders/batch", 500), ("/v1/events/batch", 2500)])
def test_a_batch_has_a_most(doors: Doors, path: str, most: int) -> None:
    answer = doors.post(path, {"items": [0] * (most + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "batch_too_large")
    assert stored(doors, RejectedEvent) == 0
    assert doors.post(path, {"items": []}).status_code == 422
    assert doors.post(path, {"item": []}).status_code == 422


def test_a_batch_has_at_most_five_megabytes(doors: Doors) -> None:
    large = event(0, properties={"text": "x" * 5_300_000})
    answer = doors.post("/v1/events/batch", {"items": [large]})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_batch_of_2500_events_with_a_bad_one(doors: Doors) -> None:
    items = [event(at) for at in range(2500)]
    items[7] = event(7, name=None)
    results = doors.post("/v1/events/batch", {"items": items}).json()["results"]
    assert [one["index"] for one in results if one["status"] != "created"] == [7]
    assert stored(doors, BehaviourEvent) == 2499
    again = doors.post("/v1/events/batch", {"items": items}).json()["results"]
    assert {one["status"] for one in again} == {"unchanged", "refused"}
    assert stored(doors, BehaviourEvent) == 2499


def test_a_single_event_is_idempotent_and_its_refusal_is_the_callers_to_repeat(doors: Doors) -> None:
    first, again = doors.post("/v1/events", event(1)), doors.post("/v1/events", event(1))
    assert (first.status_code, first.json()) == (200, {"message_id": "m-1", "outcome": "created"})
    assert again.json()["outcome"] == "unchanged"
    refused = doors.post("/v1/events", event(2, occurred_at="2026-11-27T00:00:00Z"))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "in_future")
    assert stored(doors, RejectedEvent) == 0


def test_an_order_event_goes_through_the_order_use_case(doors: Doors) -> None:
    bought = event(1, name="Order Completed", properties={"order_id": "A-1", "total": 50, "currency": "CNY"})
    assert doors.post("/v1/events", bought).json()["outcome"] == "created"
    refund = event(2, name="Order Refunded", properties={"order_id": "A-1"})
    assert doors.post("/v1/events", refund).json()["outcome"] == "updated"
    found = doors.get("/v1/orders/shop:A-1").json()
    assert (found["status"], found["totals"]["refunded"]) == ("refunded", "50.00")


def test_a_write_key_may_send_events_only(doors: Doors) -> None:
    for path, body in (("/v1/events", event(1)), ("/v1/events/batch", {"items": [event(2)]}), ("/v1/track", {})):
        assert doors.post(path, body, scopes=("ingest",)).status_code == 200
    assert doors.post("/v1/orders/batch", {"items": [order(1)]}, scopes=("ingest",)).status_code == 403
    assert doors.get("/v1/rejections", scopes=("ingest",)).status_code == 403


def test_a_rejection_is_listed_read_corrected_and_resubmitted(doors: Doors) -> None:
    doors.post("/v1/orders/batch", {"items": [order(1, currency="QQQ"), order(2, status="lost")]})
    listed = doors.get("/v1/rejections?code=currency_unsupported&source=shop&status=open").json()["items"]
    (one,) = listed
    path = f"/v1/rejections/{one['id']}"
    assert (one["door"], one["kind"], one["errors"][0]["field"]) == ("batch", "order", "currency")
    assert "body" not in one
    assert doors.get(path).json()["body"] is None
    assert doors.get(path, scopes=("profile:read", "profile:pii")).json()["body"] == order(1, currency="QQQ")
    again = doors.post(f"{path}/resubmit", order(1, currency="QQQ"))
    assert (again.status_code, again.json()["code"]) == (422, "currency_unsupported")
    done = doors.post(f"{path}/resubmit", order(1))
    assert (done.status_code, done.json()["status"], done.headers["ETag"]) == (200, "resubmitted", '"2"')
    assert doors.get("/v1/orders/shop:A-1").status_code == 200
    assert doors.post(f"{path}/resubmit", order(1)).json()["code"] == "invalid_transition"
    (other,) = doors.get("/v1/rejections?status=open").json()["items"]
    assert doors.post(f"/v1/rejections/{other['id']}/discard").json()["status"] == "discarded"
    assert doors.post(f"/v1/rejections/{other['id']}/discard").status_code == 409
    assert doors.get("/v1/rejections?received_to=2026-11-25T08:00:00Z").json()["items"] == []
    assert len(doors.get("/v1/rejections?received_from=2026-11-25T08:00:00Z&limit=1").json()["items"]) == 1


def send(doors: Doors, path: str, content: bytes, **headers: str) -> httpx.Response:
    return doors.http.post(path, content=content, headers=doors.headers("ingest") | headers)


VIEWED = {"userId": "u-1", "event": "Product Viewed", "type": "track"}


@pytest.mark.parametrize(
    ("content_type", "packed"),
    [
        ("application/json", False),
        ("application/json", True),
        ("application/x-www-form-urlencoded", True),
        ("text/plain", False),
        ("", False),
    ],
)
def test_the_tracking_paths_read_the_body_whatever_its_type(doors: Doors, content_type: str, packed: bool) -> None:
    body = orjson.dumps({"batch": [VIEWED], "writeKey": "k"})
    headers = {"content-type": content_type} | ({"content-encoding": "gzip"} if packed else {})
    answer = send(doors, "/v1/batch", gzip.compress(body, mtime=0) if packed else body, **headers)
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    assert stored(doors, BehaviourEvent) == 1


@pytest.mark.parametrize("path", ["track", "t", "page", "p", "screen", "s", "group", "g"])
def test_single_calls_and_their_short_names(doors: Doors, path: str) -> None:
    body = {"anonymousId": "a", "event": "X", "groupId": "g", "name": "Home", "properties": None, "messageId": "m"}
    answer = send(doors, f"/v1/{path}", orjson.dumps(body))
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    assert stored(doors, BehaviourEvent) == 1


@pytest.mark.parametrize("path", ["identify", "i", "alias", "a"])
def test_calls_about_people(doors: Doors, path: str) -> None:
    body = {"userId": "u-1", "previousId": "a-1", "traits": {"name": "Li Lei"}}
    assert send(doors, f"/v1/{path}", orjson.dumps(body)).json() == SUCCESS
    with doors.session() as session:
        assert session.execute(select(func.count()).select_from(RejectedEvent)).scalar_one() == 0


def test_a_refused_message_is_success_for_the_library_and_a_rejection_for_us(doors: Doors) -> None:
    batch = [VIEWED, {"type": "track", "event": "nobody"}, "text", {**VIEWED, "properties": {"text": "x" * 40_000}}]
    assert send(doors, "/v1/b", orjson.dumps({"batch": batch})).json() == SUCCESS
    assert stored(doors, BehaviourEvent) == 1
    found = doors.get("/v1/rejections?door=sdk&sort=received_at").json()["items"]
    assert sorted(one["code"] for one in found) == ["body_too_large", "validation_failed", "validation_failed"]
    (unnamed,) = (one for one in found if one["errors"] and one["errors"][0]["field"] == "userId")
    corrected = {"type": "track", "event": "somebody", "userId": "u-2"}
    assert doors.post(f"/v1/rejections/{unnamed['id']}/resubmit", corrected).json()["status"] == "resubmitted"
    assert stored(doors, BehaviourEvent) == 2


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "malformed_request"),
        (b"\xff\xfe", 400, "malformed_request"),
        (b"[]", 400, "malformed_request"),
        (b'{"batch": 1}', 400, "malformed_request"),
        (b"\x1f\x8bnonsense", 400, "malformed_request"),
        (gzip.compress(b"{}", mtime=0)[:-4], 400, "malformed_request"),
        (gzip.compress(b'{"batch":"' + b"x" * 5_000_000 + b'"}', mtime=0), 413, "body_too_large"),
        (b'{"batch":"' + b"x" * 4_200_000 + b'"}', 413, "body_too_large"),
        (orjson.dumps({"batch": [{}] * 2501}), 413, "batch_too_large"),
    ],
)
def test_errors_of_the_tracking_paths_are_two_strings(doors: Doors, content: bytes, status: int, code: str) -> None:
    answer = send(doors, "/v1/batch", content)
    assert answer.status_code == status
    assert answer.json().keys() == {"code", "message"}
    assert answer.json()["code"] == code
    assert isinstance(answer.json()["message"], str)


def test_concurrent_calls_of_many_browsers_are_all_stored(doors: Doors) -> None:
    def view(at: int) -> int:
        body = {"anonymousId": f"a-{at % 5}", "messageId": f"m-{at}", "event": "Product Viewed"}
        return send(doors, "/v1/t", orjson.dumps(body)).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(view, range(60))) == {200}
    assert stored(doors, BehaviourEvent) == 60
