"""Orders over HTTP, on a real server."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from services.profile.customers.tables import Customer
from services.profile.orders.schemas import EXAMPLE
from services.profile.orders.tables import CustomerOrder
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-02")


def body(**fields: Any) -> dict[str, Any]:
    return {**EXAMPLE, "refunds": [], **fields}


def test_a_new_order_is_201_with_its_place_and_version(doors: Doors) -> None:
    answer = doors.post("/v1/orders", EXAMPLE)
    order = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/orders/{order['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (order["outcome"], order["status"], order["order_id"]) == ("created", "paid", "A-1001")
    assert order["totals"] == {
        "subtotal": "100.00",
        "discount": "5.00",
        "shipping": "0.00",
        "tax": "0.00",
        "tax_included": False,
        "tip": "0.00",
        "total": "95.00",
        "paid": "95.00",
        "refunded": "10.00",
        "net": "85.00",
    }
    assert order["lines"][0] | {"net": "85.00", "sku": "tea-01", "quantity": "2"} == order["lines"][0]


def test_a_newer_order_is_200_updated_and_a_known_one_200_unchanged(doors: Doors) -> None:
    doors.post("/v1/orders", body(order_version=1))
    newer = doors.post("/v1/orders", body(order_version=2, status="shipped"))
    older = doors.post("/v1/orders", body(order_version=1))
    assert (newer.status_code, newer.json()["outcome"], newer.headers["ETag"]) == (200, "updated", '"2"')
    assert (older.status_code, older.json()["outcome"], older.json()["status"]) == (200, "unchanged", "shipped")
    assert "Location" not in newer.headers


@pytest.mark.parametrize("place", ["💥:A-1", "%00:A-1", "shop:%00", "shop:%E2%80%8B", f"{'s' * 65}:A-1", "shop:"])
def test_what_can_be_no_order_holds_no_refund_and_makes_no_source(doors: Doors, place: str) -> None:
    refused = doors.post(f"/v1/orders/{place}/refunds", {"refund_id": "r-1", "amount": "1.00"}, key="k")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_sums_of_an_order_without_lines_have_the_places_of_its_currency(doors: Doors) -> None:
    order = doors.post("/v1/orders", body(order_id="A-2", lines=[], totals={"total": "95"})).json()
    assert (order["totals"]["discount"], order["totals"]["total"]) == ("0.00", "95.00")


@pytest.mark.parametrize(
    ("fields", "code", "field", "fault"),
    [
        ({"colour": "red"}, "unknown_field", "colour", "unknown"),
        ({"placed_at": None}, "validation_failed", "placed_at", "type"),
        ({"placed_at": "1999-01-01T00:00:00Z"}, "validation_failed", "placed_at", "too_old"),
        ({"placed_at": "2026-11-27T00:00:00Z"}, "validation_failed", "placed_at", "in_future"),
        ({"currency": "QQQ"}, "currency_unsupported", "currency", "not_allowed"),
        ({"currency": "USD"}, "currency_unsupported", "currency", "not_allowed"),
        ({"identities": []}, "validation_failed", "identities", "too_short"),
        ({"lines": [{"quantity": -1, "unit_price": "1"}]}, "validation_failed", "lines.0.quantity", "too_small"),
        ({"lines": [{"quantity": 1, "unit_price": "x"}]}, "validation_failed", "lines.0.unit_price", "format"),
        ({"refunds": [{"refund_id": "r", "amount": "96", "refunded_at": "2026-11-25T08:00:00Z"}]},
         "validation_failed", "refunds", "too_large"),
        ({"lines": [{"quantity": 1, "unit_price": "1"}] * 501}, "validation_failed", "lines", "too_long"),
    ],
)  # fmt: skip
def test_a_bad_order_is_refused_with_its_code_and_stores_nothing(
    doors: Doors, fields: dict[str, Any], code: str, field: str, fault: str
) -> None:
    answer = doors.post("/v1/orders", body(**fields))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, fault)]
    with doors.session() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_concurrent_posts_are_each_answered_with_their_own_outcome(doors: Doors) -> None:
    bodies = [body(order_id=f"A-{at % 20}", currency="QQQ" if at % 10 == 3 else "CNY") for at in range(40)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda one: doors.post("/v1/orders", one), bodies))
    statuses = [one.status_code for one in answers]
    assert [statuses[at] for at in range(40) if at % 10 == 3] == [422] * 4
    assert sorted(set(statuses)) == [200, 201, 422]
    assert statuses.count(201) == 18
    for at, answer in enumerate(answers):
        if answer.status_code < 300:
            assert answer.json()["order_id"] == bodies[at]["order_id"]


def test_an_order_is_found_by_our_id_and_by_the_shops(doors: Doors) -> None:
    order = doors.post("/v1/orders", EXAMPLE).json()
    ours, theirs = doors.get(f"/v1/orders/{order['id']}"), doors.get("/v1/orders/shop:A-1001")
    assert ours.json() == theirs.json() == {name: value for name, value in order.items() if name != "outcome"}
    assert ours.headers["ETag"] == '"1"'
    for unknown in (str(uuid4()), "shop:none", "nonsense"):
        assert doors.get(f"/v1/orders/{unknown}").status_code == 404


def test_refunds_lower_the_net_up_to_what_is_left(doors: Doors) -> None:
    doors.post("/v1/orders", body())
    path = "/v1/orders/shop:A-1001/refunds"
    first = doors.post(path, {"refund_id": "r-1", "amount": "40"}, key="k-1")
    again = doors.post(path, {"refund_id": "r-1", "amount": "40"}, key="k-2")
    other = doors.post(path, {"refund_id": "r-1", "amount": "41"}, key="k-3")
    above = doors.post(path, {"refund_id": "r-2", "amount": "55.01"}, key="k-4")
    rest = doors.post(path, {"refund_id": "r-2", "amount": "55", "lines": [{"line_id": "1"}]}, key="k-5")
    assert (first.status_code, first.json()["totals"]["net"]) == (201, "55.00")
    assert first.headers["Location"] == f"/v1/orders/{first.json()['id']}"
    assert (again.status_code, other.status_code, other.json()["code"]) == (200, 409, "already_exists")
    assert (above.status_code, above.json()["errors"][0]["field"], above.json()["errors"][0]["code"]) == (
        422, "amount", "too_large"
    )  # fmt: skip
    assert (rest.status_code, rest.json()["status"], rest.json()["totals"]["net"]) == (201, "refunded", "0.00")


def test_a_refund_of_an_order_still_to_come_is_held(doors: Doors) -> None:
    held = doors.post("/v1/orders/shop:A-1001/refunds", {"refund_id": "r-9", "amount": "5"}, key="k-1")
    assert (held.status_code, held.json()["status"], held.json()["order_id"]) == (202, "held", "A-1001")
    assert doors.get("/v1/orders").json()["items"] == []
    assert doors.get("/v1/orders/shop:A-1001").status_code == 404
    order = doors.post("/v1/orders", body())
    assert (order.status_code, order.json()["totals"]["refunded"], order.json()["id"]) == (
        201, "5.00", held.json()["id"]
    )  # fmt: skip
    unknown = doors.post(f"/v1/orders/{uuid4()}/refunds", {"refund_id": "r-9", "amount": "5"}, key="k-2")
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("refund", "field", "code"),
    [
        ({"amount": "5"}, "refund_id", "required"),
        ({"refund_id": "r"}, "amount", "required"),
        ({"refund_id": "r", "amount": "-1"}, "amount", "too_small"),
        ({"refund_id": "r", "amount": "1", "currency": "USD"}, "currency", "not_allowed"),
        ({"refund_id": "r", "amount": "1", "lines": [{"line_id": "9"}]}, "lines.0.line_id", "reference_not_found"),
        ({"refund_id": "r", "amount": "1", "refunded_at": "2026-11-27T08:00:00Z"}, "refunded_at", "in_future"),
    ],
)
def test_a_bad_refund_is_refused(doors: Doors, refund: dict[str, Any], field: str, code: str) -> None:
    doors.post("/v1/orders", body())
    answer = doors.post("/v1/orders/shop:A-1001/refunds", refund, key="k-1")
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


def test_a_refund_needs_an_idempotency_key_and_a_repetition_of_it_is_the_first_answer(doors: Doors) -> None:
    doors.post("/v1/orders", body())
    path, refund = "/v1/orders/shop:A-1001/refunds", {"refund_id": "r-1", "amount": "5"}
    assert doors.post(path, refund).status_code == 422
    first, again = doors.post(path, refund, key="k-1"), doors.post(path, refund, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"


def test_parcels_take_the_order_from_paid_to_delivered(doors: Doors) -> None:
    order = doors.post("/v1/orders", body()).json()
    path = f"/v1/orders/{order['id']}/shipments"
    shipped = doors.post(path, {"parcel_id": "p-1", "carrier": "SF", "shipped_at": "2026-11-23T01:00:00Z"}, key="k-1")
    assert (shipped.status_code, shipped.json()["status"], shipped.headers["ETag"]) == (201, "shipped", '"2"')
    patch = {"delivered_at": "2026-11-24T01:00:00Z"}
    assert doors.call("PATCH", f"{path}/p-1", patch).status_code == 428
    assert doors.call("PATCH", f"{path}/p-1", patch, headers={"If-Match": '"1"'}).status_code == 412
    assert doors.call("PATCH", f"{path}/p-2", patch, headers={"If-Match": '"2"'}).status_code == 404
    assert doors.call("PATCH", f"{path}/p-1", {"carrier": None}, headers={"If-Match": '"2"'}).status_code == 422
    arrived = doors.call("PATCH", f"{path}/p-1", patch, headers={"If-Match": '"2"'})
    assert (arrived.status_code, arrived.json()["status"], arrived.headers["ETag"]) == (200, "delivered", '"3"')
    assert arrived.json()["parcels"][0] | {"carrier": "SF", **patch} == arrived.json()["parcels"][0]


def test_goods_come_back(doors: Doors) -> None:
    doors.post("/v1/orders", body())
    back = {"return_id": "b-1", "kind": "exchange", "reason": "size", "lines": [{"line_id": "1", "quantity": "1"}]}
    answer = doors.post("/v1/orders/shop:A-1001/returns", back, key="k-1")
    assert answer.status_code == 201
    assert (answer.json()["returns"][0]["kind"], answer.json()["lines"][0]["returned_quantity"]) == ("exchange", "1")


def test_lists_filter_page_and_answer_csv(doors: Doors) -> None:
    for at in range(5):
        fields = {"channel": "app", "store_id": "s-9"} if at == 2 else {}
        lines = [{"sku": f"sku-{at}", "quantity": 1, "unit_price": "10"}]
        placed = f"2026-11-2{at}T00:00:00Z"
        doors.post("/v1/orders", body(order_id=f"A-{at}", placed_at=placed, lines=lines, totals={}, **fields))
    doors.post(
        "/v1/orders", body(order_id="B-1", source="outlet", status="cancelled", placed_at="2026-11-01T00:00:00Z")
    )

    def ids(query: str) -> list[str]:
        answer = doors.get(f"/v1/orders?{query}")
        assert answer.status_code == 200, answer.text
        return [one["order_id"] for one in answer.json()["items"]]

    assert ids("") == ["A-4", "A-3", "A-2", "A-1", "A-0", "B-1"]
    assert ids("sort=placed_at&limit=1") == ["B-1"]
    assert ids("source=outlet") == ids("status=cancelled,refunded") == ["B-1"]
    assert ids("channel=app") == ids("store_id=s-9") == ids("sku=sku-2") == ["A-2"]
    assert ids("sku=sku-1,sku-3") == ["A-3", "A-1"]
    assert ids("placed_from=2026-11-23T00:00:00Z") == ["A-4", "A-3"]
    assert ids("placed_to=2026-11-21T00:00:00Z") == ["A-0", "B-1"]
    first = doors.get("/v1/orders?limit=4").json()
    rest = doors.get(f"/v1/orders?limit=4&cursor={first['next_cursor']}").json()
    assert [one["order_id"] for one in [*first["items"], *rest["items"]]] == ids("")
    assert rest["next_cursor"] is None
    assert doors.get("/v1/orders?status=lost").status_code == 422
    assert doors.get("/v1/orders?colour=red").json()["code"] == "unknown_parameter"
    csv = doors.get("/v1/orders?source=outlet", headers={"Accept": "text/csv"})
    assert csv.headers["content-type"].startswith("text/csv")
    assert csv.text.count("\r\n") == 2
    assert "totals.net" in csv.text.splitlines()[0]


def test_a_customers_orders_and_purchases(doors: Doors) -> None:
    tea = {"sku": "tea", "category": "drinks", "quantity": 2, "unit_price": "10"}
    cup = {"sku": "cup", "category": "kitchen", "quantity": 1, "unit_price": "30"}
    order = doors.post("/v1/orders", body(order_id="A-1", lines=[tea, cup], totals={})).json()
    doors.post("/v1/orders", body(order_id="A-2", lines=[tea], totals={}, placed_at="2026-11-23T00:00:00Z"))
    doors.post("/v1/orders", body(order_id="A-3", lines=[tea], totals={}, status="cancelled"))
    doors.post("/v1/orders", body(order_id="A-4", lines=[tea], totals={}, test=True))
    doors.post("/v1/orders/shop:A-1/refunds", {"refund_id": "r", "amount": "30", "lines": [{"line_id": "2"}]}, key="k")
    who = order["customer_id"]
    assert len(doors.get(f"/v1/customers/{who}/orders").json()["items"]) == 4
    by_sku = doors.get(f"/v1/customers/{who}/purchases?sort=-net").json()["items"]
    assert [(one["sku"], one["orders"], one["quantity"], one["net"]) for one in by_sku] == [
        ("tea", 2, "4", "40.00"),
        ("cup", 1, "0", "0.00"),
    ]
    by_category = doors.get(f"/v1/customers/{who}/purchases?by=category").json()["items"]
    assert [(one["category"], one["sku"], one["last_at"]) for one in by_category] == [
        ("drinks", None, "2026-11-23T00:00:00Z"),
        ("kitchen", None, "2026-11-22T03:00:00Z"),
    ]
    for path in ("orders", "purchases"):
        assert doors.get(f"/v1/customers/{uuid4()}/{path}").status_code == 404


def test_a_member_sees_only_its_own_orders(doors: Doors) -> None:
    who = UUID(doors.post("/v1/orders", EXAMPLE).json()["customer_id"])
    member = doors.headers(kind="member", customer_id=who)
    own = doors.http.get(f"/v1/customers/{who}/orders", headers=member)
    assert (own.status_code, len(own.json()["items"])) == (200, 1)
    for path in (f"/v1/customers/{uuid4()}/orders", "/v1/orders", f"/v1/customers/{who}/purchases"):
        assert doors.http.get(path, headers=member).status_code == 404


def test_a_write_key_may_neither_report_nor_read_orders(doors: Doors) -> None:
    assert doors.post("/v1/orders", EXAMPLE, scopes=("ingest",)).status_code == 403
    assert doors.get("/v1/orders", scopes=("ingest",)).status_code == 403


def test_what_a_fast_clock_wrote_is_clamped(doors: Doors) -> None:
    ahead = doors.runtime.now() + timedelta(hours=2)
    order = doors.post("/v1/orders", body(placed_at=ahead.isoformat(), paid_at=None)).json()
    assert order["placed_at"] == "2026-11-25T08:00:00Z"
    with doors.session() as session:
        assert session.scalar(select(func.count()).select_from(CustomerOrder)) == 1
