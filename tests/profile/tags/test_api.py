"""Tags over HTTP."""

from typing import Any

import pytest

from shared.contracts.profile import CustomerRecorded
from shared.testing.plugin import Published
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")


def customer(doors: Doors, name: str, **fields: Any) -> str:
    body = {"source": "shop", "identities": [{"kind": "external", "value": name}], **fields}
    return str(doors.post("/v1/customers", body).json()["id"])


def put(doors: Doors, customer_id: str, tag: str) -> int:
    return doors.call("PUT", f"/v1/customers/{customer_id}/tags/{tag}").status_code


def drop(doors: Doors, customer_id: str, tag: str) -> int:
    return doors.call("DELETE", f"/v1/customers/{customer_id}/tags/{tag}").status_code


def tags(doors: Doors, customer_id: str) -> list[str]:
    return list(doors.get(f"/v1/customers/{customer_id}").json()["tags"])


def tagged(doors: Doors, tag: str) -> list[str]:
    return [one["id"] for one in doors.get(f"/v1/customers?tag={tag}").json()["items"]]


def test_a_tag_is_put_on_and_taken_off_once(doors: Doors, published: Published) -> None:
    ada = customer(doors, "ada")
    assert [put(doors, ada, "茶 lover"), put(doors, ada, "茶 lover"), put(doors, ada, "vip")] == [204, 204, 204]
    assert (tags(doors, ada), tagged(doors, "vip")) == (["茶 lover", "vip"], [ada])
    assert [drop(doors, ada, "vip"), drop(doors, ada, "vip")] == [204, 204]
    assert (tags(doors, ada), tagged(doors, "vip")) == (["茶 lover"], [])
    with doors.session() as session:
        told = [event.tags for event in published(session, CustomerRecorded)]
    assert told == [[], ["茶 lover"], ["茶 lover", "vip"], ["茶 lover"]]
    changes = doors.get(f"/v1/customers/{ada}/changes?field=tags").json()["items"]
    assert [one["actor"] for one in changes] == ["key-1"] * 3


def test_there_is_an_end_to_tags(doors: Doors) -> None:
    ada = customer(doors, "ada", tags=[f"t{at}" for at in range(100)])
    assert (put(doors, ada, "t0"), put(doors, ada, "more")) == (204, 422)


def test_a_merged_customer_has_the_tags_of_all_linked_ids(doors: Doors) -> None:
    ada, bob = customer(doors, "ada", tags=["tea"]), customer(doors, "bob", tags=["vip", "tea"])
    merge = doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m").json()
    assert (tags(doors, bob), tagged(doors, "vip")) == (["tea", "vip"], [ada])
    assert doors.get("/v1/customers").json()["items"][0]["tags"] == ["tea", "vip"]
    assert (drop(doors, ada, "tea"), put(doors, bob, "both")) == (204, 204)
    doors.post(f"/v1/merges/{merge['id']}/undo")
    assert (tags(doors, ada), tags(doors, bob)) == (["both"], ["vip"])


def test_a_list_that_is_sent_is_the_whole_list_of_the_person(doors: Doors) -> None:
    ada, bob = customer(doors, "ada", tags=["tea"]), customer(doors, "bob", tags=["vip"])
    doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m")
    etag = doors.get(f"/v1/customers/{ada}").headers["ETag"]
    answer = doors.call("PATCH", f"/v1/customers/{ada}", {"tags": ["new"]}, headers={"If-Match": etag})
    assert answer.json()["tags"] == ["new"]


def test_nobody_unknown_is_tagged(doors: Doors) -> None:
    assert put(doors, "0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d", "vip") == 404
