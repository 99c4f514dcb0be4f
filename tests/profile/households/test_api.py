"""Households over HTTP."""

from typing import Any

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")
PII = ("profile:read", "profile:write", "profile:pii")
NOBODY = "0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"


def household(doors: Doors, head_id: str | None = None) -> Any:
    answer = doors.post("/v1/households", {"head_id": head_id}, scopes=PII)
    assert answer.status_code == 201, answer.text
    return answer


def person(doors: Doors, name: str, **fields: Any) -> Any:
    body = {"source": "shop", "identities": [{"kind": "external", "value": name}], "name": name, **fields}
    return doors.post("/v1/customers", body)


def join(doors: Doors, household_id: str, customer_id: str, method: str = "PUT") -> int:
    return doors.call(method, f"/v1/households/{household_id}/members/{customer_id}").status_code


def members(doors: Doors, household_id: str) -> list[str]:
    return [one["customer_id"] for one in doors.get(f"/v1/households/{household_id}/members").json()["items"]]


def test_a_household_is_made_renamed_and_archived(doors: Doors) -> None:
    wang, li = person(doors, "王伟").json()["id"], person(doors, "李雷").json()["id"]
    made = household(doors, wang)
    home = made.json()["id"]
    path, head = f"/v1/households/{home}", {"If-Match": made.headers["ETag"]}
    assert (made.json()["name"], doors.get(path).json()["name"], members(doors, home)) == ("王伟", "王**", [wang])
    assert doors.call("PATCH", path, {"head_id": li}, headers=head, scopes=PII).json()["name"] == "李雷"
    assert doors.call("PATCH", path, {"head_id": None}, headers=head).status_code == 412
    assert doors.post("/v1/households", {"head_id": NOBODY}).status_code == 404
    assert (members(doors, home), doors.get("/v1/households").json()["items"][0]["name"]) == ([wang, li], "李**")
    assert doors.call("DELETE", path).status_code == 204
    assert doors.get("/v1/households").json()["items"] == []
    assert doors.get(path).json()["archived_at"] is not None
    assert join(doors, made.json()["id"], person(doors, "ada").json()["id"]) == 409


def test_somebody_belongs_to_one_household(doors: Doors) -> None:
    first, second = household(doors).json()["id"], household(doors).json()["id"]
    ada, bob = (person(doors, name).json()["id"] for name in ("ada", "bob"))
    assert [join(doors, first, ada), join(doors, first, bob), join(doors, second, ada)] == [204, 204, 204]
    assert (members(doors, first), members(doors, second)) == ([bob], [ada])
    assert doors.get(f"/v1/customers/{ada}").json()["household_id"] == second
    assert [join(doors, second, ada, "DELETE") for _ in range(2)] == [204, 204]
    assert members(doors, second) == []
    changes = doors.get(f"/v1/customers/{ada}/changes?field=household_id").json()["items"]
    assert [(one["from"], one["to"]) for one in changes] == [(second, None), (first, second), (None, first)]


def test_a_household_follows_a_merge_and_its_undo(doors: Doors) -> None:
    home = household(doors).json()["id"]
    ada, bob = (person(doors, name).json()["id"] for name in ("ada", "bob"))
    join(doors, home, bob)
    merge = doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m").json()
    assert members(doors, home) == [ada]
    doors.post(f"/v1/merges/{merge['id']}/undo")
    assert members(doors, home) == [bob]


def test_a_household_is_called_after_somebody_as_long_as_they_belong_to_it(doors: Doors) -> None:
    wang, li = person(doors, "王伟").json()["id"], person(doors, "李雷").json()["id"]
    home, other = household(doors, wang).json()["id"], household(doors).json()["id"]

    def called() -> tuple[str | None, str | None]:
        told = doors.get(f"/v1/households/{home}").json()
        assert told in doors.get("/v1/households").json()["items"]
        return told["head_id"], told["name"]

    merge = doors.post("/v1/merges", {"survivor_id": li, "absorbed_ids": [wang]}, key="m").json()
    assert called() == (wang, "李**")
    doors.post(f"/v1/merges/{merge['id']}/undo")
    assert called() == (wang, "王**")
    join(doors, other, wang)
    assert called() == (None, None)
    join(doors, home, wang)
    assert called() == (wang, "王**")
    join(doors, home, wang, "DELETE")
    assert called() == (None, None)


def test_a_household_that_is_not_there_is_refused(doors: Doors) -> None:
    answer = person(doors, "ada", household_id=NOBODY)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "reference_not_found")
    home = household(doors).json()["id"]
    items = [{"identities": [{"kind": "external", "value": one}], "household_id": one} for one in (home, NOBODY)]
    results = doors.post("/v1/customers/batch", {"items": items}).json()["results"]
    assert [one["status"] for one in results] == ["created", "refused"]
    ada = person(doors, "ada")
    path = f"/v1/customers/{ada.json()['id']}"
    head = {"If-Match": ada.headers["ETag"]}
    assert doors.call("PATCH", path, {"household_id": NOBODY}, headers=head).status_code == 422
    assert doors.call("PATCH", path, {"household_id": home}, headers=head).json()["household_id"] == home
    assert join(doors, home, NOBODY) == 404
