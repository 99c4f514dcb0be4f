"""The unmodified Python libraries against a real server: nothing fails, and what is refused can be corrected."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from services.profile.app import create_app
from services.profile.behaviour.tables import ActivityDay, BehaviourEvent
from services.profile.customers.tables import Customer
from services.profile.identities.tables import Visitor
from shared.linking import CustomerRef
from tests.profile.ingestion.libraries import LIBRARIES, walk
from tests.profile.served import Doors, Server

pytestmark = pytest.mark.capability("C-01")


@pytest.fixture
def keyed(doors: Doors) -> Iterator[str]:
    """The service behind something that knows the library's key, as the gateway does."""
    app = create_app(doors.runtime)

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            own = [(b"authorization", doors.headers("ingest", kind="write_key")["Authorization"].encode())]
            scope["headers"] = own + [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        await app(scope, receive, send)

    with Server(behind) as url:
        yield url


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda one: one.__name__)
def test_a_walk_through_the_shop_arrives_whole(doors: Doors, keyed: str, library: Any) -> None:
    errors: list[Any] = []
    with library(keyed, "gx_key", errors) as client:
        walk(client)
    assert errors == []
    (order,) = doors.get("/v1/orders").json()["items"]
    assert (order["order_id"], order["status"], order["totals"]["net"]) == ("A-2", "paid", "59.90")
    (refused,) = doors.get("/v1/rejections").json()["items"]
    assert (refused["door"], refused["errors"][0]["field"]) == ("sdk", "properties.total")
    _has_arrived(doors, order["customer_id"])
    correct = {
        "type": "track",
        "userId": "u-77",
        "event": "Order Completed",
        "properties": {"order_id": "A-1", "total": 1},
    }
    answer = doors.post(f"/v1/rejections/{refused['id']}/resubmit", correct)
    assert answer.json()["status"] == "resubmitted"
    assert doors.get("/v1/orders/shop:A-1").json()["customer_id"] == order["customer_id"]


def _has_arrived(doors: Doors, customer_id: str) -> None:
    with doors.session() as session:
        names = sorted(session.scalars(select(BehaviourEvent.name)))
        (customer,) = session.scalars(select(Customer))
        (visitor,) = session.scalars(select(Visitor.visitor_id))
        home = session.scalar(select(CustomerRef.canonical_id).where(CustomerRef.customer_id == visitor))
        counts = {name for row in session.scalars(select(ActivityDay.counts)) for name in row}
    assert names == [
        "Group Joined",
        "Order Completed",
        "Page Viewed",
        "Product Added",
        "Product Viewed",
        "Screen Viewed",
    ]
    assert (str(customer.customer_id), customer.name) == (customer_id, "Li Lei")
    assert home == customer.customer_id
    assert counts == {"view", "cart_add"}
