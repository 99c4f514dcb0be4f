"""The report on data quality and its work list."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")
ADMIN = ("profile:read", "profile:write", "profile:admin")
WHOLE = {
    "name": "Ada Lovelace",
    "region": "310000",
    "gender": "f",
    "birthday": {"month": 5, "day": 20},
    "birth_year": 1990,
}


def person(doors: Doors, email: str, **fields: Any) -> str:
    body = {"source": "shop", "identities": [{"kind": "email", "value": email}], **WHOLE, **fields}
    answer = doors.post("/v1/customers", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def report(doors: Doors) -> Any:
    answer = doors.get("/v1/reports/data-quality")
    assert answer.status_code == 200, answer.text
    return answer.json()


def faults(doors: Doors) -> dict[tuple[str, str], int]:
    found = {(one["field"], one["reason"]): one["customers"] for one in report(doors)["faults"]}
    return {fault: customers for fault, customers in found.items() if customers}


def work(doors: Doors, query: str = "") -> set[tuple[str, str, str]]:
    answer = doors.get(f"/v1/reports/data-quality/items{query}")
    assert answer.status_code == 200, answer.text
    return {
        (one["customer_id"], fault["field"], fault["reason"])
        for one in answer.json()["items"]
        for fault in one["faults"]
    }


def test_a_whole_record_gives_no_work(doors: Doors) -> None:
    person(doors, "a@example.com")
    assert (work(doors), faults(doors), report(doors)["customers"]) == (set(), {}, 1)
    complete = {one["field"]: one["share"] for one in report(doors)["completeness"]}
    assert complete == dict.fromkeys(("name", "region", "gender", "birthday", "birth_year", "channels"), 1.0) | (
        dict.fromkeys(("industry", "size_band", "renewal_at"))
    )


def test_what_is_missing_is_counted_and_listed(doors: Doors) -> None:
    person(doors, "a@example.com")
    bob = person(doors, "b@example.com", gender=None, region=None)
    inn = doors.post("/v1/organisations", {"name": "Inn", "region": "310000"}).json()["id"]
    complete = {one["field"]: (one["known"], one["customers"]) for one in report(doors)["completeness"]}
    assert (complete["gender"], complete["region"], complete["industry"]) == ((1, 2), (2, 3), (0, 1))
    assert {one for one in work(doors, "?fault=incomplete") if one[0] == bob} == {
        (bob, "gender", "missing"),
        (bob, "region", "missing"),
    }
    assert {field for who, field, _ in work(doors) if who == inn} == {"industry", "size_band", "renewal_at", "channels"}
    assert work(doors, "?field=gender") == {(bob, "gender", "missing")}


def test_values_that_no_longer_fit_are_invalid(doors: Doors) -> None:
    body = {"key": "size", "type": "choice", "titles": {"en": "Size"}, "values": ["38", "39"]}
    size = doors.post("/v1/attributes", body, scopes=ADMIN)
    home = doors.post("/v1/households", {}).json()["id"]
    ada = person(
        doors,
        "a@example.com",
        region="999999",
        preferred_channel="wechat",
        attributes={"size": "38"},
        household_id=home,
    )
    person(doors, "b@example.com", preferred_channel="email", attributes={"size": "39"})
    doors.call(
        "PATCH",
        f"/v1/attributes/{size.json()['id']}",
        {"values": ["39"]},
        headers={"If-Match": size.headers["ETag"]},
        scopes=ADMIN,
    )
    doors.call("DELETE", f"/v1/households/{home}")
    assert work(doors, "?fault=invalid") == {
        (ada, "region", "not_known"),
        (ada, "preferred_channel", "unreachable"),
        (ada, "attributes", "not_allowed"),
        (ada, "household_id", "not_known"),
    }


def test_what_nobody_looked_after_for_long_is_stale(doors: Doors) -> None:
    ada = person(doors, "a@example.com")
    doors.post(f"/v1/customers/{ada}/contacts", {"channel": "email", "value": "a@example.com"})
    inn = doors.post("/v1/organisations", {"name": "Inn", "renewal_at": "2026-11-25"}).json()["id"]
    late = doors.post("/v1/organisations", {"name": "Late", "renewal_at": "2026-11-24"}).json()["id"]
    assert work(doors, "?fault=stale") == {(late, "renewal_at", "passed")}
    with doors.runtime.database.transaction() as session:
        long_ago = {"at": doors.runtime.now() - timedelta(days=731), "id": ada}
        session.execute(text("UPDATE customer SET occurred_at = :at WHERE customer_id = :id"), long_ago)
        session.execute(text("UPDATE contact SET updated_at = :at"), {"at": long_ago["at"]})
    assert work(doors, "?fault=stale") == {
        (late, "renewal_at", "passed"),
        (ada, "record", "not_changed"),
        (ada, "channels", "not_verified"),
    }
    assert inn not in {who for who, _, reason in work(doors) if reason == "passed"}


def test_linked_ids_that_say_different_things_conflict(doors: Doors) -> None:
    ada = person(doors, "a@example.com")
    bob = person(doors, "b@example.com", gender="m")
    merge = doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m").json()
    assert (work(doors), report(doors)["customers"]) == ({(ada, "gender", "differs")}, 1)
    assert faults(doors) == {("gender", "differs"): 1}
    doors.post(f"/v1/merges/{merge['id']}/undo")
    assert work(doors) == set()


def test_whoever_may_be_one_person_is_to_be_judged(doors: Doors) -> None:
    ada, bob = person(doors, "a@example.com"), person(doors, "b@example.com")
    both = [{"kind": "email", "value": "a@example.com"}, {"kind": "email", "value": "b@example.com"}]
    doors.post("/v1/customers/batch", {"items": [{"source": "shop", "identities": both}]})
    assert work(doors, "?reason=perhaps_one_person") == {
        (ada, "identities", "perhaps_one_person"),
        (bob, "identities", "perhaps_one_person"),
    }


def test_the_work_list_is_paged(doors: Doors) -> None:
    for at in range(3):
        person(doors, f"p{at}@example.com", gender=None, region=None)
    seen, cursor = [], ""
    while True:
        answer = doors.get(f"/v1/reports/data-quality/items?limit=2{cursor}").json()
        seen += [one["customer_id"] for one in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert len(seen) == len(set(seen)) == 3
    assert work(doors, "?fault=stale&field=gender") == set()
