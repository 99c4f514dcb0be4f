"""Merged customers as readers see them."""

from typing import Any

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")


def person(doors: Doors, name: str, **fields: Any) -> str:
    body = {"source": "shop", "identities": [{"kind": "external", "value": name}], **fields}
    return str(doors.post("/v1/customers", body).json()["id"])


def test_a_merged_record_tells_what_was_said_last_and_an_undo_gives_each_back(doors: Doors) -> None:
    ada = person(doors, "ada", city="Suzhou", updated_at="2026-11-01T00:00:00Z")
    bob = person(doors, "bob", city="Aba", gender="m", updated_at="2026-11-02T00:00:00Z")
    merge = doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m").json()
    seen = doors.get(f"/v1/customers/{bob}")
    assert (seen.json()["id"], seen.json()["city"], seen.json()["gender"]) == (ada, "Aba", "m")
    assert [(one["city"], one["gender"]) for one in doors.get("/v1/customers").json()["items"]] == [("Aba", "m")]
    path, head = f"/v1/customers/{ada}", {"If-Match": seen.headers["ETag"]}
    edited = doors.call("PATCH", path, {"city": "Zhuhai", "gender": None}, headers=head).json()
    assert (edited["city"], edited["gender"]) == ("Zhuhai", None)
    doors.post(f"/v1/merges/{merge['id']}/undo")
    found = {one: doors.get(f"/v1/customers/{one}").json() for one in (ada, bob)}
    assert (found[ada]["city"], found[bob]["city"], found[bob]["gender"]) == ("Zhuhai", "Aba", "m")
