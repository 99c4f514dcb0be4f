"""Judging duplicates as staff do: list, preview, merge or dismiss; and the policy of automatic links."""

from typing import Any

import pytest

from services.profile.duplicates import usecases
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-04")
WEI = {"birthday": {"calendar": "solar", "month": 5, "day": 20}, "birth_year": "1988"}


def create(doors: Doors, email: str, **fields: Any) -> str:
    identities = [{"kind": "email", "value": email}]
    made = doors.post("/v1/customers", {"source": "shop", "identities": identities, **fields})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_a_proposal_is_previewed_and_merged(doors: Doors) -> None:
    one = create(doors, "wei@example.com", name="王伟", city="上海", **WEI)
    other = create(doors, "wang@example.com", name="王伟", city="杭州", **WEI)
    assert usecases.compare(doors.runtime) == 2
    (pair,) = doors.get("/v1/duplicates?score_from=0.9").json()["items"]
    assert {pair["customer_id"], pair["other_id"]} == {one, other}
    assert [reason["kind"] for reason in pair["reasons"]] == ["name_birth_date", "name_birthday"]
    merge = {"survivor_id": one, "absorbed_ids": [other]}
    shown = doors.post("/v1/merges/preview", merge).json()
    assert (shown["member_ids"], shown["orders"]) == (sorted([one, other]), 0)
    assert [side["customer_id"] for side in shown["sides"]] == [one, other]
    (city,) = shown["differences"]
    assert (city["field"], city["values"]) == (
        "city",
        [{"customer_id": one, "value": "上海"}, {"customer_id": other, "value": "杭州"}],
    )
    assert {identity["value"] for identity in shown["identities"]} == {"w***@example.com"}
    assert doors.post("/v1/merges", merge, key="m-1").status_code == 201
    assert doors.get("/v1/duplicates").json()["items"] == []
    again = doors.post("/v1/merges/preview", merge)
    assert (again.status_code, again.json()["code"]) == (409, "merge_conflict")


def test_a_preview_shows_the_values_that_the_person_has_afterwards_whoever_survives(doors: Doors) -> None:
    one = create(doors, "wei@example.com", city="上海", region="310000", updated_at="2026-11-20T00:00:00Z")
    other = create(doors, "wang@example.com", city="杭州", region="330100", updated_at="2026-11-21T00:00:00Z")
    for survivor, absorbed in ((other, one), (one, other)):
        merge = {"survivor_id": survivor, "absorbed_ids": [absorbed]}
        found = doors.post("/v1/merges/preview", merge).json()["differences"]
        assert {each["field"]: each["shown"] for each in found} == {"city": "杭州", "region": "330100"}
    assert doors.post("/v1/merges", merge, key="m-1").status_code == 201
    seen = doors.get(f"/v1/customers/{one}").json()
    assert (seen["city"], seen["region"]) == ("杭州", "330100")


def test_personal_values_that_differ_are_masked_without_the_scope(doors: Doors) -> None:
    one, other = (create(doors, f"{name[:4]}@example.com", name=name) for name in ("Anna Li", "Anne Li"))
    merge = {"survivor_id": one, "absorbed_ids": [other]}
    for scopes, names in (
        (("profile:read",), ["A*** L***"] * 2),
        (("profile:read", "profile:pii"), ["Anna Li", "Anne Li"]),
    ):
        (name,) = doors.post("/v1/merges/preview", merge, scopes=scopes).json()["differences"]
        assert [one["value"] for one in name["values"]] == names
        assert name["shown"] in names


def test_a_dismissed_proposal_is_found_among_the_dismissed(doors: Doors) -> None:
    for name in ("wei", "wang"):
        create(doors, f"{name}@example.com", name="王伟", **WEI)
    usecases.compare(doors.runtime)
    (pair,) = doors.get("/v1/duplicates").json()["items"]
    assert doors.post(f"/v1/duplicates/{pair['id']}/dismiss").json()["status"] == "dismissed"
    assert doors.get("/v1/duplicates").json()["items"] == []
    assert [one["id"] for one in doors.get("/v1/duplicates?status=dismissed").json()["items"]] == [pair["id"]]


def test_the_policy_says_which_identities_link_without_asking(doors: Doors) -> None:
    policy = doors.get("/v1/identity-policy")
    assert policy.json()["automatic"] == ["unionid"]
    admin = {"scopes": ("profile:admin",), "headers": {"If-Match": policy.headers["etag"]}}
    changed = doors.call("PATCH", "/v1/identity-policy", {"automatic": ["unionid", "phone"]}, **admin)
    assert (changed.status_code, changed.json()["automatic"]) == (200, ["phone", "unionid"])
    assert doors.call("PATCH", "/v1/identity-policy", {"automatic": []}, **admin).status_code == 412
    one = create(doors, "li@example.com")
    two = doors.post("/v1/customers", {"identities": [{"kind": "phone", "value": "+8613800138000"}]}).json()["id"]
    order = {"source": "shop", "order_id": "1", "status": "placed", "currency": "CNY", "totals": {"total": "1.00"}}
    named = [{"kind": "phone", "value": "+8613800138000"}, {"kind": "email", "value": "li@example.com"}]
    at = doors.runtime.now().isoformat()
    assert doors.post("/v1/orders", {**order, "placed_at": at, "identities": named}).status_code == 201
    assert {doors.get(f"/v1/customers/{who}").json()["canonical_id"] for who in (one, two)} == {min(one, two)}
