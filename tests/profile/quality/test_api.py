"""The report on data quality and its work list."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.profile.quality import usecases
from shared.jobs import run
from tests.profile.managers.test_api import manager
from tests.profile.served import Doors
from tests.profile.teams.test_api import team

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


def check(doors: Doors) -> dict[str, Any]:
    """Check everything, as the worker's child does; how the job ended."""
    answer = doors.post("/v1/reports/data-quality", {})
    assert answer.status_code == 202, answer.text
    run(doors.runtime, {usecases.CHECK: usecases.check}, answer.json()["id"])
    job: dict[str, Any] = doors.get(answer.headers["Location"]).json()
    assert job["status"] == "succeeded", job
    return job


def report(doors: Doors) -> Any:
    check(doors)
    answer = doors.get("/v1/reports/data-quality")
    assert answer.status_code == 200, answer.text
    return answer.json()


def faults(doors: Doors) -> dict[tuple[str, str], int]:
    found = {(one["field"], one["reason"]): one["customers"] for one in report(doors)["faults"]}
    return {fault: customers for fault, customers in found.items() if customers}


def items(doors: Doors, query: str = "", **more: Any) -> list[dict[str, Any]]:
    answer = doors.get(f"/v1/reports/data-quality/items{query}", **more)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def work(doors: Doors, query: str = "") -> set[tuple[str, str, str]]:
    """What a check finds now."""
    check(doors)
    return listed(doors, query)


def listed(doors: Doors, query: str = "", **more: Any) -> set[tuple[str, str, str]]:
    return {(one["customer_id"], one["field"], one["reason"]) for one in items(doors, query, **more)}


def judge(doors: Doors, item: dict[str, Any], verb: str, body: Any = None, **more: Any) -> httpx.Response:
    return doors.post(f"/v1/reports/data-quality/items/{item['id']}/{verb}", body, **more)


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


def test_merged_duplicates_are_judged(doors: Doors) -> None:
    ada, bob = person(doors, "a@example.com"), person(doors, "b@example.com")
    both = [{"kind": "email", "value": "a@example.com"}, {"kind": "email", "value": "b@example.com"}]
    doors.post("/v1/customers/batch", {"items": [{"source": "shop", "identities": both}]})
    doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m")
    assert work(doors) == set()


def test_the_work_list_is_paged(doors: Doors) -> None:
    for at in range(3):
        person(doors, f"p{at}@example.com", gender=None, region=None)
    check(doors)
    seen, cursor = [], ""
    while True:
        answer = doors.get(f"/v1/reports/data-quality/items?limit=2{cursor}").json()
        seen += [(one["customer_id"], one["field"]) for one in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert len(seen) == len(set(seen)) == 6
    assert listed(doors, "?fault=stale&field=gender") == set()


def test_before_the_first_check_there_is_no_report(doors: Doors) -> None:
    answer = doors.get("/v1/reports/data-quality")
    assert (answer.status_code, "POST /v1/reports/data-quality" in answer.json()["detail"]) == (404, True)
    assert items(doors) == []


def test_one_check_runs_at_a_time_and_the_clock_starts_them_too(doors: Doors) -> None:
    assert (usecases.consider(doors.runtime), usecases.consider(doors.runtime)) == (1, 0)
    refused = doors.post("/v1/reports/data-quality", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "job_running")


def test_what_was_mended_leaves_the_list_at_once(doors: Doors) -> None:
    ada = person(doors, "a@example.com", gender=None, region=None)
    assert work(doors) == {(ada, "gender", "missing"), (ada, "region", "missing")}
    seen = doors.get(f"/v1/customers/{ada}")
    mended = {"gender": "f"}
    doors.call("PATCH", f"/v1/customers/{ada}", mended, headers={"If-Match": seen.headers["ETag"]})
    assert listed(doors) == {(ada, "region", "missing")}
    assert judge(doors, items(doors)[0], "dismiss", {}).status_code == 200


def test_what_was_set_aside_stays_aside_until_its_time_or_a_word_of_staff(doors: Doors) -> None:
    ada = person(doors, "a@example.com", gender=None)
    check(doors)
    (item,) = items(doors)
    aside = judge(doors, item, "dismiss", {"until": "2030-01-01T00:00:00Z"}).json()
    assert (aside["status"], aside["dismissed_until"], aside["judged_by"]) == (
        *("dismissed", "2030-01-01T00:00:00Z"),
        "key-1",
    )
    assert (work(doors), listed(doors, "?status=dismissed")) == (set(), {(ada, "gender", "missing")})
    assert check(doors)["result"]["customers"] == 1
    with doors.runtime.database.transaction() as session:
        over = {"at": doors.runtime.now() - timedelta(days=1)}
        session.execute(text("UPDATE quality_item SET dismissed_until = :at"), over)
    assert work(doors) == {(ada, "gender", "missing")}
    assert judge(doors, item, "dismiss", {}).json()["dismissed_until"] is None
    assert work(doors) == set()
    assert judge(doors, item, "reopen").json()["status"] == "open"
    assert listed(doors) == {(ada, "gender", "missing")}


def test_what_was_set_aside_still_counts_and_is_told_apart(doors: Doors) -> None:
    inn = doors.post("/v1/organisations", {"name": "Late", "renewal_at": "2020-11-24", "region": "310000"}).json()
    check(doors)
    (item,) = items(doors, "?reason=passed")
    judge(doors, item, "dismiss", {})
    (counted,) = [one for one in report(doors)["faults"] if one["customers"]]
    assert (item["customer_id"], counted["reason"], counted["dismissed"]) == (inn["id"], "passed", 1)


def test_an_item_cannot_be_set_aside_until_yesterday_nor_one_that_is_not_there(doors: Doors) -> None:
    person(doors, "a@example.com", gender=None)
    check(doors)
    (item,) = items(doors)
    late = judge(doors, item, "dismiss", {"until": "2020-01-01T00:00:00Z"})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (422, "until")
    assert judge(doors, {"id": item["customer_id"]}, "reopen").status_code == 404


def test_a_manager_sees_and_judges_the_items_of_own_customers(doors: Doors) -> None:
    ada, bob = (person(doors, f"{one}@example.com", gender=None) for one in "ab")
    li = manager(doors, "li", team(doors, "east")["id"])["id"]
    doors.call("PUT", f"/v1/customers/{ada}/assignments/account_manager", {"manager_id": li})
    check(doors)
    theirs = {item["customer_id"]: item for item in items(doors)}
    bound: dict[str, Any] = {"headers": doors.headers("profile:read", "profile:write", manager_id=li)}
    assert listed(doors, **bound) == listed(doors, f"?manager_id={li}") == {(ada, "gender", "missing")}
    assert judge(doors, theirs[bob], "dismiss", {}, **bound).status_code == 404
    assert judge(doors, theirs[ada], "dismiss", {}, **bound).status_code == 200


def test_records_are_checked_in_portions_and_who_is_gone_is_forgotten(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "BATCH", 2)
    people = [person(doors, f"p{at}@example.com", gender=None) for at in range(5)]
    assert check(doors)["result"] | {"done": check(doors)["done"]} == {
        "customers": 5,
        "completeness": 0.8333,
        "faults": 0,
        "done": 5,
    }
    with doors.runtime.database.transaction() as session:
        gone = {"ids": [UUID(people[0]), UUID(people[4])], "now": doors.runtime.now()}
        session.execute(text("UPDATE customer SET archived_at = :now WHERE customer_id = ANY(:ids)"), gone)
    check(doors)
    with doors.session() as session:
        kept = {str(one) for one in session.scalars(text("SELECT customer_id FROM quality_item"))}
    assert kept == set(people[1:4])


def test_past_reports_stay_to_be_compared(doors: Doors) -> None:
    person(doors, "a@example.com", gender=None)
    check(doors)
    person(doors, "b@example.com")
    check(doors)
    past = doors.get("/v1/reports/data-quality/history").json()["items"]
    assert [(one["customers"], one["completeness"], one["faults"]) for one in past] == [(2, 0.9167, 0), (1, 0.8333, 0)]
