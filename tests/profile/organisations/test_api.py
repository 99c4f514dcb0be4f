"""Organisations, their members and dated facts over HTTP."""

from typing import Any

import pytest

from shared.contracts.profile import CustomerRecorded
from shared.testing.plugin import Published
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")
PII = ("profile:read", "profile:write", "profile:pii")
HOTEL = {"name": "West Lake Hotels", "industry": "H61", "size_band": "50-249", "renewal_at": "2027-01-01"}


def organisation(doors: Doors, **fields: Any) -> Any:
    answer = doors.post("/v1/organisations", {**HOTEL, **fields}, scopes=PII)
    assert answer.status_code == 201, answer.text
    return answer


def person(doors: Doors, name: str, **fields: Any) -> str:
    body = {"source": "shop", "identities": [{"kind": "external", "value": name}], "name": name, **fields}
    return str(doors.post("/v1/customers", body).json()["id"])


def merge(doors: Doors, survivor: str, absorbed: str) -> str:
    body = {"survivor_id": survivor, "absorbed_ids": [absorbed]}
    return str(doors.post("/v1/merges", body, key=f"{survivor}{absorbed}").json()["id"])


def ids(doors: Doors, query: str = "") -> list[str]:
    return [one["id"] for one in doors.get(f"/v1/organisations{query}").json()["items"]]


def members(doors: Doors, organisation_id: str) -> list[tuple[str, str | None]]:
    items = doors.get(f"/v1/organisations/{organisation_id}/members").json()["items"]
    return [(one["customer_id"], one["role"]) for one in items]


def join(doors: Doors, organisation_id: str, customer_id: str, *body: Any) -> int:
    return doors.call("PUT", f"/v1/organisations/{organisation_id}/members/{customer_id}", *body).status_code


def fact(doors: Doors, organisation_id: str, kind: str, value: Any, as_of: str, **more: Any) -> Any:
    body = {"kind": kind, "value": value, "as_of": as_of, **more}
    return doors.post(f"/v1/organisations/{organisation_id}/facts", body, scopes=PII)


def latest(doors: Doors, organisation_id: str) -> dict[str, Any]:
    facts = doors.get(f"/v1/organisations/{organisation_id}").json()["facts"]
    return {kind: one["value"] for kind, one in facts.items()}


def test_an_organisation_is_a_customer_of_its_own_kind(doors: Doors, published: Published) -> None:
    hotel = organisation(doors).json()
    assert {name: hotel[name] for name in HOTEL} == HOTEL
    customer = doors.get(f"/v1/customers/{hotel['id']}").json()
    assert (customer["kind"], customer["industry"], customer["name"]) == ("organisation", "H61", "W*** L*** H***")
    with doors.session() as session:
        event = published(session, CustomerRecorded)[-1]
    assert (event.customer_kind, event.industry, event.size_band, str(event.renewal_at)) == (
        "organisation",
        "H61",
        "50-249",
        "2027-01-01",
    )
    assert doors.get(f"/v1/organisations/{person(doors, 'ada')}").status_code == 404


def test_an_organisation_is_changed_found_and_archived(doors: Doors) -> None:
    hotel, shop = organisation(doors), organisation(doors, name="Tea House", industry="F52", renewal_at="2026-12-01")
    path, head = f"/v1/organisations/{hotel.json()['id']}", {"If-Match": hotel.headers["ETag"]}
    changed = doors.call("PATCH", path, {"size_band": "1000+", "renewal_at": None}, headers=head, scopes=PII)
    assert (changed.json()["size_band"], changed.json()["renewal_at"]) == ("1000+", None)
    assert doors.call("PATCH", path, {"name": "X"}, headers=head).status_code == 412
    assert doors.call("PATCH", path, {"name": None}, headers=head).status_code == 422
    assert ids(doors, "?industry=F52") == ids(doors, "?renewal_from=2026-12-01&renewal_to=2026-12-02")
    assert ids(doors, "?size_band=1000%2B") == [hotel.json()["id"]]
    assert doors.call("DELETE", path).status_code == 204
    assert ids(doors) == [shop.json()["id"]]
    assert doors.get(path).json()["archived_at"] is not None


def test_people_belong_to_organisations_as_something(doors: Doors) -> None:
    hotel, ada = organisation(doors).json()["id"], person(doors, "ada")
    assert [join(doors, hotel, ada), members(doors, hotel)] == [204, [(ada, None)]]
    assert join(doors, hotel, ada, {"role": "purchasing"}) == 204
    assert (members(doors, hotel), ids(doors, f"?member_id={ada}")) == ([(ada, "purchasing")], [hotel])
    path = f"/v1/organisations/{hotel}/members/{ada}"
    assert [doors.call("DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert (members(doors, hotel), ids(doors, f"?member_id={ada}")) == ([], [])
    assert join(doors, hotel, hotel) == 422
    assert join(doors, hotel, "0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d") == 404


def test_members_and_facts_follow_merges_of_either_side_and_their_undo(doors: Doors) -> None:
    hotel, inn = organisation(doors).json()["id"], organisation(doors, name="Inn").json()["id"]
    ada, bob = person(doors, "ada"), person(doors, "bob")
    join(doors, hotel, ada, {"role": "owner"})
    join(doors, inn, bob, {"role": "cook"})
    fact(doors, inn, "business_condition", "poor", "2026-11-01")
    one, other = merge(doors, ada, bob), merge(doors, hotel, inn)
    assert ids(doors) == [hotel]
    assert members(doors, inn) == [(ada, "owner")]
    assert len(doors.get(f"/v1/organisations/{hotel}/facts").json()["items"]) == 1
    for merge_id in (one, other):
        doors.post(f"/v1/merges/{merge_id}/undo")
    assert (members(doors, hotel), members(doors, inn)) == ([(ada, "owner")], [(bob, "cook")])


def test_the_latest_fact_of_each_kind_is_told(doors: Doors, published: Published) -> None:
    hotel = organisation(doors).json()["id"]
    fact(doors, hotel, "purchase_intention", "high", "2026-11-01", source="visit", text="They said so.")
    fact(doors, hotel, "purchase_intention", "low", "2026-10-01")
    budget = fact(doors, hotel, "budget", 250_000, "2026-11-02")
    assert latest(doors, hotel) == {"purchase_intention": "high", "budget": 250_000}
    path, head = f"/v1/organisations/{hotel}/facts/{budget.json()['id']}", {"If-Match": budget.headers["ETag"]}
    assert doors.call("PATCH", path, {"value": 300_000.5}, headers=head).json()["value"] == 300_000.5
    assert latest(doors, hotel)["budget"] == 300_000.5
    assert doors.call("PATCH", path, {"value": "high"}, headers={"If-Match": '"2"'}).status_code == 422
    assert doors.call("DELETE", path).status_code == 204
    assert latest(doors, hotel) == {"purchase_intention": "high"}
    with doors.session() as session:
        told = published(session, CustomerRecorded)[-1].facts
        raw = session.connection().exec_driver_sql("SELECT text FROM organisation_fact WHERE text IS NOT NULL")
        assert b"They" not in bytes(raw.scalar_one())
    assert {kind: one.value for kind, one in told.items()} == {"purchase_intention": "high"}
    items = doors.get(f"/v1/organisations/{hotel}/facts?kind=purchase_intention").json()["items"]
    assert [(one["value"], one["text"]) for one in items] == [("high", "***"), ("low", None)]


@pytest.mark.parametrize(
    ("kind", "value", "as_of", "code"),
    [
        ("budget", "high", "2026-11-01", "format"),
        ("budget", -1, "2026-11-01", "format"),
        ("industry_outlook", "sunny", "2026-11-01", "format"),
        ("industry_outlook", "stable", "2026-12-24", "in_future"),
        ("industry_outlook", "stable", "1999-12-24", "too_old"),
    ],
)
def test_facts_hold_what_their_kind_allows(doors: Doors, kind: str, value: Any, as_of: str, code: str) -> None:
    answer = fact(doors, organisation(doors).json()["id"], kind, value, as_of)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
