"""Segments over HTTP: drafts, the vocabulary, and rules tried on everybody."""

from typing import Any

import pytest

from services.profile.orders.schemas import EXAMPLE
from services.profile.segments.publications.usecases import SETTLE, settle
from services.profile.segments.schemas import TEA
from shared.ids import new_id
from shared.jobs import run
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-06")

BUYERS = {"field": "orders.count", "op": "at_least", "value": 1}


def drafted(doors: Doors, code: str = "tea", **fields: Any) -> Any:
    return doors.post("/v1/segments", {"code": code, "name": "Tea", "rule": TEA, **fields})


def order(doors: Doors, order_id: str, buyer: str) -> str:
    document = {**EXAMPLE, "order_id": order_id, "identities": [{"kind": "external", "value": buyer}], "refunds": []}
    return str(doors.post("/v1/orders", document).json()["customer_id"])


def finish(doors: Doors, job_id: str) -> None:
    """Do a queued job, as the worker's child does."""
    run(doors.runtime, {SETTLE: settle}, job_id)


def test_a_segment_is_drafted_changed_and_archived(doors: Doors) -> None:
    made = drafted(doors)
    assert (made.status_code, made.headers["ETag"], made.json()["status"]) == (201, '"1"', "draft")
    path = made.headers["Location"]
    changed = doors.call("PATCH", path, {"name": "More tea", "rule": BUYERS}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["name"], changed.json()["rule"]) == (200, "More tea", BUYERS)
    stale = doors.call("PATCH", path, {"name": "Less tea"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert drafted(doors).json()["code"] == "already_exists"
    assert doors.call("DELETE", path).status_code == 204
    assert doors.get(path).json()["status"] == "archived"
    assert doors.get("/v1/segments").json()["items"] == []
    assert len(doors.get("/v1/segments?status=archived").json()["items"]) == 1
    refused = doors.call("PATCH", path, {"name": "Tea"}, headers={"If-Match": '"3"'})
    assert refused.json()["code"] == "invalid_transition"


def test_a_wrong_rule_is_refused_by_its_places(doors: Doors) -> None:
    answer = drafted(doors, rule={"all": [BUYERS, {"field": "consent.gossip", "op": "is", "value": "granted"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "rule_invalid")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("/all/1/field", "unknown")]


def test_rules_do_not_go_round_in_circles_and_what_they_rest_on_stays(doors: Doors) -> None:
    first = drafted(doors, "first", rule=BUYERS).json()
    second = drafted(doors, "second", rule={"not": {"field": "segment", "op": "is", "value": first["id"]}}).json()
    round_about = {"any": [BUYERS, {"field": "segment", "op": "is_any_of", "value": [second["id"]]}]}
    answer = doors.call("PATCH", f"/v1/segments/{first['id']}", {"rule": round_about}, headers={"If-Match": '"1"'})
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("/any/1/value", "not_allowed")]
    assert doors.call("DELETE", f"/v1/segments/{first['id']}").json()["code"] == "in_use"
    assert doors.call("DELETE", f"/v1/segments/{second['id']}").status_code == 204
    assert doors.call("DELETE", f"/v1/segments/{first['id']}").status_code == 204


def test_other_services_are_told_which_segments_count(doors: Doors) -> None:
    ruled, drawn, kept, gone = (drafted(doors, code, rule=BUYERS).json()["id"] for code in ("a", "b", "c", "d"))
    listed = drafted(doors, "list", kind="static", rule=None).json()["id"]
    for one in (ruled, kept, gone):
        finish(doors, doors.post(f"/v1/segments/{one}/publish").json()["id"])
    assert doors.call("DELETE", f"/v1/segments/{gone}").status_code == 204
    asked = {"segment_ids": [ruled, drawn, gone, listed, str(new_id())]}
    told = doors.http.post("/internal/segments", json=asked, headers=doors.headers(kind="service")).json()
    assert set(told["segment_ids"]) == {ruled, listed}
    assert doors.post("/internal/segments", asked).status_code == 403


def test_a_preview_counts_every_node_and_shows_some(doors: Doors) -> None:
    order(doors, "A-1", "u-1")
    twice = order(doors, "A-2", "u-2")
    order(doors, "A-3", "u-2")
    doors.post("/v1/customers", {"source": "shop", "identities": [{"kind": "external", "value": "u-3"}]})
    rule = {"all": [BUYERS, {"not": {"field": "orders.count", "op": "at_most", "value": 1, "window": {"days": 90}}}]}
    found = doors.post("/v1/segments/preview", {"rule": rule}).json()
    assert (found["size"], found["customers"]) == (1, 3)
    assert found["sizes"] == {"": 1, "/all/0": 2, "/all/1": 1, "/all/1/not": 2}
    assert [one["customer_id"] for one in found["sample"]] == [twice]


def test_the_example_of_the_documents_can_be_tried(doors: Doors) -> None:
    assert doors.post("/v1/segments/preview", {"rule": TEA}).json()["size"] == 0


def test_a_published_segment_has_members_and_versions(doors: Doors) -> None:
    wei = order(doors, "A-1", "u-1")
    segment = drafted(doors, rule=BUYERS).json()
    path = f"/v1/segments/{segment['id']}"
    job = doors.post(f"{path}/publish")
    assert (job.status_code, job.json()["kind"], doors.get(path).json()["status"]) == (
        *(202, "segments.publish"),
        "publishing",
    )
    assert doors.post(f"{path}/publish").json()["code"] == "job_running"
    finish(doors, job.json()["id"])
    assert doors.get(path).json()["status"] == "published"
    (member,) = doors.get(f"{path}/members").json()["items"]
    assert (member["customer_id"], member["segment_version"]) == (wei, 1)
    (membership,) = doors.get(f"/v1/customers/{wei}/segments").json()["items"]
    assert (membership["code"], membership["segment_id"]) == ("tea", segment["id"])
    (version,) = doors.get(f"{path}/versions").json()["items"]
    assert (version["rule"], version["cause"]) == (BUYERS, "publish")
    assert doors.post(f"{path}/rollback").json()["code"] == "invalid_transition"


def test_publishing_tells_how_many_people_it_has_to_judge(doors: Doors) -> None:
    wei, again, _ = (order(doors, f"A-{n}", f"u-{n}") for n in range(3))
    doors.post("/v1/merges", {"survivor_id": wei, "absorbed_ids": [again]}, key="m")
    job = doors.post(f"/v1/segments/{drafted(doors, rule=BUYERS).json()['id']}/publish").json()["id"]
    finish(doors, job)
    told = doors.get(f"/v1/jobs/{job}").json()
    assert (told["done"], told["total"]) == (2, 2)


def test_a_membership_is_explained_by_every_node(doors: Doors) -> None:
    wei = order(doors, "A-1", "u-1")
    recent = {**BUYERS, "value": 2, "window": {"days": 90}}
    path = drafted(doors, rule={"any": [recent, {"not": {"field": "tier", "op": "is", "value": "gold"}}]}).headers[
        "Location"
    ]
    found = doors.get(f"{path}/members/{wei}/explanation").json()
    assert (found["member"], found["segment_version"]) == (True, 1)
    nodes = {one["pointer"]: (one["verdict"], one["value"], one["until"]) for one in found["nodes"]}
    until = "2027-02-20T03:00:00Z"  # 90 days after it was placed
    assert found["next_at"] == until
    assert nodes == {
        "": (True, None, until),
        "/any/0": (False, 1, until),
        "/any/1": (True, None, None),
        "/any/1/not": (False, None, None),
    }
    assert doors.get(f"{path}/members/{recent_id()}/explanation").status_code == 404


def test_a_static_list_is_kept_by_hand(doors: Doors) -> None:
    wei, lena = order(doors, "A-1", "u-1"), order(doors, "A-2", "u-2")
    made = doors.post("/v1/segments", {"code": "vip", "name": "VIP", "kind": "static"})
    path = made.headers["Location"]
    assert (made.json()["status"], made.json()["published_version"]) == ("published", 1)
    for _ in range(2):
        assert doors.call("PUT", f"{path}/members/{wei}").status_code == 204
    assert [one["customer_id"] for one in doors.get(f"{path}/members").json()["items"]] == [wei]
    batch = doors.post(f"{path}/members/batch", {"customer_ids": [wei, lena, recent_id()]}).json()["results"]
    assert [one["status"] for one in batch] == ["unchanged", "added", "refused"]
    assert doors.get(f"/v1/customers?segment_id={made.json()['id']}").json()["items"][0]["id"] in {wei, lena}
    assert doors.get(f"/v1/customers/count?segment_id={made.json()['id']}").json() == {"count": 2}
    assert doors.call("DELETE", f"{path}/members/{lena}").status_code == 204
    (today,) = doors.get(f"{path}/history?from=2026-11-25").json()["items"]
    assert today == {"day": "2026-11-25", "size": 1, "entered": 2, "left": 1}
    assert len(doors.get(f"{path}/history").json()["items"]) == 31
    assert doors.get(f"{path}/members/{wei}/explanation").json()["member"]
    portrait = doors.get(f"{path}/portrait").json()
    assert (portrait["size"], portrait["customers"]) == (1, 2)
    assert [(one["index"], one["share"]) for one in portrait["traits"] if one["field"] == "customer.kind"] == [(100, 1)]
    assert doors.call("PUT", f"{path}/members/{recent_id()}").status_code == 404
    assert doors.post(f"{path}/publish").json()["code"] == "invalid_transition"
    by_rule = drafted(doors).headers["Location"]
    assert doors.call("PUT", f"{by_rule}/members/{wei}").json()["code"] == "invalid_transition"


def recent_id() -> str:
    """An id that nobody has."""
    return "0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"


def test_a_rule_counts_only_on_segments_that_count(doors: Doors) -> None:
    first = drafted(doors, "first", rule=BUYERS).json()
    second = drafted(doors, "second", rule={"field": "segment", "op": "is", "value": first["id"]}).json()
    answer = doors.post(f"/v1/segments/{second['id']}/publish")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("/value", "reference_not_found")]


def test_the_vocabulary_is_listed(doors: Doors) -> None:
    fields = {one["field"]: one for one in doors.get("/v1/segments/fields").json()["items"]}
    assert fields["customer.region"]["operators"] == ["is", "in_region", "is_any_of", "is_known"]
    assert fields["orders.count"]["window"]
    assert not fields["points.available"]["available"]
    assert fields["complaints.open"]["available"]
