"""A signed-in customer reaches their own things and nothing else: proved over every route there is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_appointments import receiving, times
from tests.e2e.test_openapi import Route, routes
from tests.e2e.test_path import order, post
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-42")
SKU = f"tea-{uuid4().hex[:8]}"
COMPLAINT = {"category": "delivery.late", "channel": "app", "description": "Where is it?"}
WORDS = {"text": "It is on its way."}
PRODUCT = {"sku": SKU, "titles": {"en": "Tea"}, "category": "tea", "price": "95.00"}


def contact() -> dict[str, str]:
    return {"channel": "email", "value": f"{uuid4().hex[:12]}@example.com"}


@dataclass
class Hours:
    """Times that may be booked: a service, and its free times, each given out once."""

    service: str = ""
    free: Iterator[str] = field(default_factory=lambda: iter(()))

    def booking(self) -> dict[str, str]:
        return {"service_id": self.service, "starts_at": next(self.free)}


HOURS = Hours()


def survey(shop: httpx.Client) -> str:
    """A live survey that nobody has answered."""
    body: dict[str, Any] = {"code": f"s-{uuid4().hex[:8]}", "titles": {"en": "How was it?"}, "template": "survey"}
    body |= {"questions": [{"code": "csat", "kind": "csat", "required": True}], "trigger": {"kind": "manual"}}
    made: str = post(shop, "/surveys", body | {"channels": ["email"]})["id"]
    post(shop, f"/surveys/{made}/publish", {})
    return made


# What their routes are sent, how the things are made that a parameter names, and parameters that are nobody's own.
BODIES: dict[str, Callable[[], Any]] = {
    "PATCH /v1/customers/{customer_id}": lambda: {"city": "Hangzhou"},
    "POST /v1/customers/{customer_id}/consents": lambda: {
        "purpose": "newsletter",
        "state": "granted",
        "source": "member",
    },
    "POST /v1/customers/{customer_id}/contacts": contact,
    "PUT /v1/customers/{customer_id}/preferences": lambda: {"preferred_channel": "email"},
    "PATCH /v1/customers/{customer_id}/contacts/{contact_id}": lambda: {"label": uuid4().hex},
    "POST /v1/customers/{customer_id}/surveys/{survey_id}/answers": lambda: {"answers": {"csat": 4}},
    "POST /v1/complaints": lambda: COMPLAINT,
    "POST /v1/complaints/{complaint_id}/withdraw": lambda: {"reason": "It came after all."},
    "POST /v1/complaints/{complaint_id}/comments": lambda: WORDS,
    "POST /v1/customers/{customer_id}/appointments": HOURS.booking,
    "POST /v1/customers/{customer_id}/appointments/{appointment_id}/reschedule": lambda: {
        "starts_at": next(HOURS.free)
    },
}
THINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "contact_id": ("/customers/{customer_id}/contacts", lambda who: contact()),
    "complaint_id": ("/complaints", lambda who: COMPLAINT | {"customer_id": who}),
    "comment_id": ("/complaints/{complaint_id}/comments", lambda who: WORDS),
    "appointment_id": ("/customers/{customer_id}/appointments", lambda who: HOURS.booking()),
}
SHARED: dict[str, Callable[[httpx.Client], str]] = {"sku": lambda shop: SKU, "survey_id": survey}


@dataclass
class Member:
    """A customer who signed in, and the shop that knows them."""

    id: str
    http: httpx.Client
    shop: httpx.Client

    def ask(self, route: Route, path: str) -> httpx.Response:
        """The route at a path, with a good body, and the version if it can be read."""
        etag = self.http.get(path).headers.get("etag", '"1"') if route.method == "PATCH" else '"1"'
        headers = {"If-Match": etag, "Idempotency-Key": uuid4().hex}
        body = BODIES.get(str(route), lambda: None)()
        return self.http.request(route.method, path, json=body, headers=headers)

    def things(self, route: Route) -> dict[str, str]:
        """What a path names beside the customer: fresh things of this one's."""
        made: dict[str, str] = {}
        for name in re.findall(r"{(\w+)}", route.template):
            if name not in {*SHARED, "customer_id"}:
                path, body = THINGS[name]
                made[name] = post(self.shop, path.format(customer_id=self.id, **made), body(self.id))["id"]
        return made

    def forget(self) -> None:
        self.http.close()


def path_of(shop: httpx.Client, route: Route, customer: str, things: dict[str, str]) -> str:
    shared = {name: make(shop) for name, make in SHARED.items() if f"{{{name}}}" in route.template}
    return route.template.format_map(shared | things | {"customer_id": customer})


@pytest.fixture(scope="module")
def members(stack: Stack) -> Iterator[tuple[Member, Member]]:
    """Two customers with an order each, known to all services."""
    with stack.client() as shop:
        post(shop, "/products", PRODUCT)
        HOURS.service, _ = receiving(shop)
        HOURS.free = iter(times(shop, HOURS.service))
        made = [_member(stack, shop), _member(stack, shop)]
        known = [f"/v1/products/{SKU}/bought-together", *(f"/v1/customers/{member.id}/tier" for member in made)]
        wait_until(lambda: all(shop.get(path).is_success for path in known))
        yield made[0], made[1]
    for member in made:
        member.forget()


def _member(stack: Stack, shop: httpx.Client) -> Member:
    line = {"line_id": "1", "sku": SKU, "category": "tea", "quantity": 1, "unit_price": "95.00"}
    customer = post(shop, "/orders", order() | {"lines": [line]})["customer_id"]
    token = post(shop, f"/customers/{customer}/tokens", {})["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return Member(customer, httpx.Client(base_url=stack.gateway, headers=headers, timeout=30), shop)


def own(route: Route) -> bool:
    return bool(route.declared["x-member"] == "own")


def missing(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json().get("code")) == (404, "not_found") if answer.content else False


def test_every_route_that_is_theirs_answers_them_also_as_me(members: tuple[Member, Member]) -> None:
    ada, _ = members
    refused = []
    for route in routes(own):
        for me in (f"/customers/{ada.id}", "/me"):
            answer = ada.ask(
                route, path_of(ada.shop, route, ada.id, ada.things(route)).replace(f"/customers/{ada.id}", me)
            )
            refused += [f"{route} as {me}: {answer.status_code} {answer.text}"] * answer.is_error
    assert refused == []


def test_nothing_of_somebody_else_exists_for_them(members: tuple[Member, Member]) -> None:
    ada, bob = members
    reached = []
    for route in routes(lambda route: own(route) and "{complaint_id}" in route.template):
        path = path_of(bob.shop, route, bob.id, bob.things(route))
        assert not bob.ask(route, path).is_error, str(route)
        answer = ada.ask(route, path_of(bob.shop, route, bob.id, bob.things(route)))
        reached += [f"{route}: {answer.status_code} {answer.text[:200]}"] * (not missing(answer))
    for route in routes(lambda route: own(route) and "{customer_id}" in route.template):
        things = bob.things(route)
        assert not bob.ask(route, path_of(bob.shop, route, bob.id, things)).is_error, str(route)
        strangers = [path_of(bob.shop, route, one, things) for one in (bob.id, bob.id.upper(), str(uuid4()))]
        strangers += [path_of(bob.shop, route, ada.id, things)] * bool(things)
        answers = [ada.ask(route, path) for path in strangers]
        reached += [f"{route}: {one.status_code} {one.text[:200]}" for one in answers if not missing(one)]
    assert reached == []


def test_no_other_route_exists_for_them(members: tuple[Member, Member]) -> None:
    ada, _ = members
    reached = []
    for route in routes(lambda route: not own(route) and route.declared["x-scope"] != "public"):
        path = re.sub(r"/customers/[0-9a-f-]{36}", f"/customers/{ada.id}", route.path)
        answers = [ada.ask(route, one) for one in {path, path.replace(f"/customers/{ada.id}", "/me")}]
        reached += [f"{route}: {one.status_code} {one.text[:200]}" for one in answers if not missing(one)]
    assert reached == []


def test_a_member_sees_and_changes_the_own_part_of_the_record(members: tuple[Member, Member]) -> None:
    ada, _ = members
    record = ada.http.get("/v1/me")
    assert "tags" not in record.json()
    match = {"If-Match": record.headers["etag"]}
    assert ada.http.patch("/v1/me", json={"tags": ["vip"]}, headers=match).status_code == 422
    assert ada.http.patch("/v1/me", json={"name": "Ada"}, headers=match).json()["name"] == "Ada"
