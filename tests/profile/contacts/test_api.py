"""Contact points over HTTP, and what a sender is told of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from services.profile.reach import usecases as reach
from shared.contracts.profile import ContactChanged, CustomerRecorded
from shared.testing.plugin import Published
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")
PII = ("profile:read", "profile:write", "profile:pii")
Customer = Callable[..., str]


@pytest.fixture
def person(doors: Doors) -> Customer:
    def make(**identities: str) -> str:
        known = [{"kind": kind, "value": value} for kind, value in identities.items()]
        return str(doors.post("/v1/customers", {"source": "shop", "identities": known}).json()["id"])

    return make


def add(doors: Doors, customer_id: str, channel: str, value: str, **more: Any) -> Any:
    body = {"channel": channel, "value": value, **more}
    return doors.post(f"/v1/customers/{customer_id}/contacts", body, scopes=PII)


def verify(doors: Doors, customer_id: str, contact_id: str) -> Any:
    return doors.post(f"/v1/customers/{customer_id}/contacts/{contact_id}/verify", scopes=PII)


def values(doors: Doors, customer_id: str, query: str = "", **more: Any) -> list[str]:
    answer = doors.get(f"/v1/customers/{customer_id}/contacts{query}", **more)
    return [one["value"] for one in answer.json()["items"]]


def reached(doors: Doors, customer_id: str) -> list[tuple[str, str]]:
    with doors.session() as session:
        (found,) = reach.people(session, [UUID(customer_id)], "service", doors.runtime.now())
    return [(one.channel, one.value) for one in found.contacts]


def told(doors: Doors, published: Published) -> list[tuple[str, int]]:
    with doors.session() as session:
        return [(event.state, event.version) for event in published(session, ContactChanged)]


def test_a_contact_point_is_added_verified_and_removed(doors: Doors, person: Customer, published: Published) -> None:
    ada = person(external="u-1")
    added = add(doors, ada, "email", " Ada@Example.com ", label="work")
    assert (added.status_code, added.json()["value"], added.json()["state"]) == (201, "ada@example.com", "added")
    assert values(doors, ada) == ["a***@example.com"]
    verified = verify(doors, ada, added.json()["id"])
    assert (verified.json()["state"], verified.headers["ETag"]) == ("verified", '"2"')
    assert verified.json()["verified_at"] is not None
    path = f"/v1/customers/{ada}/contacts/{added.json()['id']}"
    assert doors.call("DELETE", path).status_code == 204
    assert (values(doors, ada), doors.get(path).json()["state"]) == ([], "removed")
    assert verify(doors, ada, added.json()["id"]).json()["code"] == "invalid_transition"
    assert told(doors, published) == [("added", 1), ("verified", 2), ("removed", 3)]
    with doors.session() as session:
        channels = [event.channels for event in published(session, CustomerRecorded)]
        raw = session.connection().exec_driver_sql("SELECT value FROM contact").scalar_one()
    assert channels == [[], ["email"], []]
    assert b"example" not in bytes(raw)


def test_the_same_address_is_one_contact_point(doors: Doors, person: Customer, published: Published) -> None:
    ada = person(external="u-1")
    first = add(doors, ada, "sms", "138 0013 8000")
    assert add(doors, ada, "sms", "+8613800138000").json()["code"] == "already_exists"
    doors.call("DELETE", f"/v1/customers/{ada}/contacts/{first.json()['id']}")
    again = add(doors, ada, "sms", "+8613800138000")
    assert (again.json()["id"], again.json()["state"]) == (first.json()["id"], "added")
    assert told(doors, published)[-1] == ("added", 3)


def test_what_is_no_address_of_its_channel_is_refused(doors: Doors, person: Customer) -> None:
    ada = person(external="u-1")
    assert [add(doors, ada, channel, "nobody").status_code for channel in ("email", "sms", "phone")] == [422] * 3


def test_another_name_is_told_to_nobody(doors: Doors, person: Customer, published: Published) -> None:
    ada = person(external="u-1")
    contact = add(doors, ada, "push", "token-1")
    path, head = f"/v1/customers/{ada}/contacts/{contact.json()['id']}", {"If-Match": contact.headers["ETag"]}
    assert doors.call("PATCH", path, {"label": "tablet"}, headers=head).json()["label"] == "tablet"
    assert doors.call("PATCH", path, {"label": None}, headers=head).status_code == 412
    assert told(doors, published) == [("added", 1)]


def test_a_sender_is_told_each_address_once_verified_ones_first(doors: Doors, person: Customer) -> None:
    ada = person(email="a@example.com", phone="+8613800138000")
    add(doors, ada, "email", "b@example.com")
    proven = add(doors, ada, "email", "c@example.com").json()["id"]
    add(doors, ada, "email", "a@example.com")
    add(doors, ada, "phone", "+862168888888")
    verify(doors, ada, proven)
    assert next(value for channel, value in reached(doors, ada) if channel == "email") == "c@example.com"
    assert sorted(reached(doors, ada)) == [
        ("email", "a@example.com"),
        ("email", "b@example.com"),
        ("email", "c@example.com"),
        ("phone", "+8613800138000"),
        ("phone", "+862168888888"),
        ("sms", "+8613800138000"),
    ]


def test_of_many_who_add_one_address_at_once_one_adds_it(doors: Doors, person: Customer) -> None:
    ada = person(email="a@example.com")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: add(doors, ada, "email", "a@example.com").status_code, range(24)))
    assert sorted(answers) == [201, *[409] * 23]


def test_a_contact_point_keeps_the_id_under_which_its_address_was_known(doors: Doors, person: Customer) -> None:
    ada = person(email="a@example.com")
    identity = doors.get(f"/v1/customers/{ada}/identities").json()["items"][0]["id"]
    assert add(doors, ada, "email", "a@example.com").json()["id"] == identity


def test_a_removed_address_is_not_written_to_though_it_is_an_identity(doors: Doors, person: Customer) -> None:
    ada = person(email="a@example.com")
    contact = add(doors, ada, "email", "a@example.com").json()["id"]
    doors.call("DELETE", f"/v1/customers/{ada}/contacts/{contact}")
    assert reached(doors, ada) == []


def test_contact_points_of_linked_ids_are_one_persons(doors: Doors, person: Customer) -> None:
    ada, bob = person(external="u-1"), person(external="u-2")
    add(doors, bob, "email", "b@example.com")
    merge = doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m").json()
    assert add(doors, ada, "email", "b@example.com").status_code == 409
    assert values(doors, ada, scopes=PII) == ["b@example.com"]
    doors.post(f"/v1/merges/{merge['id']}/undo")
    assert (values(doors, ada), values(doors, bob, scopes=PII)) == ([], ["b@example.com"])


def test_customers_keep_their_own_contact_points_but_cannot_verify_them(doors: Doors, person: Customer) -> None:
    ada = person(external="u-1")
    own: Any = {"headers": doors.headers("profile:read", "profile:write", kind="member", customer_id=UUID(ada))}
    path = f"{doors.url}/v1/customers/{ada}/contacts"
    added = doors.http.post(path, json={"channel": "email", "value": "a@example.com"}, **own)
    assert (added.status_code, added.json()["value"]) == (201, "a@example.com")
    assert doors.http.get(path, **own).json()["items"][0]["value"] == "a@example.com"
    assert doors.http.post(f"{path}/{added.json()['id']}/verify", **own).status_code in {403, 404}
