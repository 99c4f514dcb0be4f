"""What brought somebody: read from campaigns and addresses, and kept as the first and the last touch."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.ingestion.touches.rules import of_campaign, of_visit
from services.profile.orders.schemas import EXAMPLE
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-01")
ALL = ("ingest", "profile:read", "profile:write", "profile:pii")


@pytest.mark.parametrize(
    ("landing", "referrer", "touch"),
    [
        ("/?utm_source=mail&utm_medium=letter&utm_campaign=spring", None, ("mail", "letter", "spring")),
        ("http://www.example.com?source=abc", "http://www.otherexample.com", ("abc", None, None)),
        ("/tea?ref=friend", None, ("friend", None, None)),
        ("/", "https://search.example/results?q=tea", ("search.example", "referral", None)),
        ("https://shop.example/tea", "https://shop.example/", (None, None, None)),
        ("http://[", "http://[", (None, None, None)),
        (None, 7, (None, None, None)),
        ("/?utm_source=%0a", "", (None, None, None)),
    ],
)
def test_a_visit_tells_where_it_came_from(landing: Any, referrer: Any, touch: tuple[str | None, ...]) -> None:
    found = of_visit(landing, referrer)
    assert (found.get("source"), found.get("medium"), found.get("campaign")) == touch


@given(st.text(), st.text())
def test_no_address_is_too_strange(landing: str, referrer: str) -> None:
    assert all(0 < len(value) <= 128 for value in of_visit(landing, referrer).values())


def test_a_campaign_goes_by_the_names_of_the_specification() -> None:
    assert of_campaign({"name": "spring", "source": "mail", "term": "tea"}) == {"campaign": "spring", "source": "mail"}
    assert of_campaign({"name": 7, "source": " "}) == {}


def touches(doors: Doors, user: str) -> tuple[Any, Any]:
    asked = {"identities": [{"kind": "external", "value": user, "source": "shop"}]}
    (match,) = doors.post("/v1/customers/lookup", asked).json()["matches"]
    found = doors.get(f"/v1/customers/{match['customer_id']}").json()
    return tuple(found[name] and found[name]["source"] for name in ("first_touch", "last_touch"))


def ordered(doors: Doors, order_id: str, placed_at: str, source: str | None) -> None:
    touch = {"touch": {"source": source}} if source else {}
    told = {**EXAMPLE, "order_id": order_id, "placed_at": placed_at, "paid_at": placed_at, "refunds": [], **touch}
    assert doors.post("/v1/orders", told).status_code == 201


def test_orders_keep_the_earliest_and_the_latest_touch_in_whatever_order_they_come(doors: Doors) -> None:
    for day, source in ((2, "mail"), (1, "search"), (4, None), (3, "video")):
        ordered(doors, f"A-{day}", f"2026-11-0{day}T00:00:00Z", source)
    assert touches(doors, "u-77") == ("search", "video")
    assert doors.get("/v1/orders/shop:A-1").json().keys().isdisjoint({"touch"})


def test_an_identify_call_brings_the_campaign_it_was_made_in(doors: Doors) -> None:
    for day, source in ((2, "mail"), (1, "search")):
        context = {"campaign": {"source": source, "name": "spring"}}
        body = {"userId": "u-1", "timestamp": f"2026-11-0{day}T00:00:00Z", "context": context}
        assert doors.post("/v1/identify", body).status_code == 200
    assert touches(doors, "u-1") == ("search", "mail")


def test_a_counter_registers_a_customer_with_store_and_member_of_staff(doors: Doors) -> None:
    """What a QR code carries, or who stands at the counter: the same body."""
    staff = str(uuid4())
    touch = {"source": "qr", "medium": "counter", "store": "sh-01", "staff_id": staff}
    guest = {"source": "counter", "identities": [{"kind": "phone", "value": "+8613800138000"}], "first_touch": touch}
    made = doors.post("/v1/customers", guest, scopes=ALL)
    assert made.status_code == 201
    assert made.json()["first_touch"] == {**touch, "campaign": None, "referrer_id": None}
    again = doors.post("/v1/customers", guest, scopes=ALL)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    told = {"items": [guest | {"first_touch": touch | {"store": "sh-02"}}]}
    assert doors.post("/v1/customers/batch", told, scopes=ALL).json()["results"][0]["id"] == made.json()["id"]
    kept = doors.get(f"/v1/customers/{made.json()['id']}").json()["first_touch"]
    assert kept["staff_id"] == staff
