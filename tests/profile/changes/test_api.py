"""The history of a customer's record."""

from typing import Any

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")
PII = ("profile:read", "profile:write", "profile:pii")
ADA = {"source": "shop", "identities": [{"kind": "external", "value": "u-1"}], "name": "Ada Lovelace", "city": "Suzhou"}


def created(doors: Doors, **fields: Any) -> str:
    answer = doors.post("/v1/customers", {**ADA, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def history(doors: Doors, customer_id: str, query: str = "", **more: Any) -> list[dict[str, Any]]:
    answer = doors.get(f"/v1/customers/{customer_id}/changes{query}", **more)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def edited(doors: Doors, customer_id: str, version: int, **fields: Any) -> Any:
    return doors.call("PATCH", f"/v1/customers/{customer_id}", fields, headers={"If-Match": f'"{version}"'})


def test_the_history_says_who_changed_what_from_what_to_what(doors: Doors) -> None:
    ada = created(doors)
    assert edited(doors, ada, 2, city="Hangzhou", occupation="teacher").status_code == 200
    found = [(one["field"], one["from"], one["to"], one["writer"], one["actor"]) for one in history(doors, ada)]
    assert set(found[:2]) == {
        ("city", "Suzhou", "Hangzhou", "staff", "key-1"),
        ("occupation", None, "teacher", "staff", "key-1"),
    }
    assert ("city", None, "Suzhou", "shop", "shop") in found[2:]


def test_personal_values_are_masked_without_the_scope(doors: Doors) -> None:
    ada = created(doors, address="1 West Lake Road")
    shown = {one["field"]: one["to"] for one in history(doors, ada)}
    assert shown == {"name": "A*** L***", "address": "***", "city": "Suzhou"}
    assert {one["to"] for one in history(doors, ada, "?field=name,address", scopes=PII)} == {
        "Ada Lovelace",
        "1 West Lake Road",
    }
    with doors.session() as session:
        raw = session.connection().exec_driver_sql("SELECT before, after FROM customer_change").all()
    assert not any(b"Lovelace" in bytes(value) for row in raw for value in row)


def test_what_is_said_again_is_no_change(doors: Doors) -> None:
    ada = created(doors, interests=["hiking"])
    before = len(history(doors, ada))
    assert edited(doors, ada, 2, interests=["hiking"], city="Suzhou").status_code == 200
    assert len(history(doors, ada)) == before


def test_the_history_of_a_merged_customer_is_that_of_all_linked_ids(doors: Doors) -> None:
    ada = created(doors)
    bob = created(doors, identities=[{"kind": "external", "value": "u-2"}], name=None, city="Aba")
    doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m")
    assert {(one["customer_id"], one["to"]) for one in history(doors, bob, "?field=city&writer=shop")} == {
        (ada, "Suzhou"),
        (bob, "Aba"),
    }


def test_parts_are_merged_into_what_is_there(doors: Doors) -> None:
    ada = created(doors, birthday={"month": 5, "day": 20}, influence={"standing": 3})
    answer = edited(doors, ada, 2, birthday={"day": 21}, influence={"followers": 7}, lifestyle=["early riser"])
    assert answer.json()["birthday"] == {"calendar": "solar", "month": 5, "day": 21, "leap": False}
    assert answer.json()["influence"] == {"standing": 3, "followers": 7}
    assert edited(doors, ada, 3, birthday={"month": 2, "day": 30}).json()["errors"][0]["field"] == "birthday"
    assert edited(doors, ada, 3, birthday=None, lifestyle=None).json()["lifestyle"] == []
