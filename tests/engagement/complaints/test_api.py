"""Taking complaints in, finding them, and who sees them."""

from typing import Any

import pytest

from services.engagement.complaints import usecases as complaints
from services.engagement.customers import usecases as customers
from services.engagement.orders import usecases as orders
from services.engagement.republish import REPUBLISH
from shared.contracts.base import Origin
from shared.contracts.engagement import ComplaintRecorded
from shared.contracts.examples import examples
from shared.contracts.profile import CustomerLinked, OrderRecorded
from shared.ids import new_id
from shared.messaging import republish
from tests.engagement.complaints.complaining import BROKEN, assign, complain, do, headers, history, look, read, told
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-30")


def test_a_complaint_gets_a_number_an_owner_and_clocks(api: Api, profile: Profile) -> None:
    manager, team, who = new_id(), new_id(), profile.add()
    assign(api, who, manager, team)
    made = complain(api, who, order_id=str(new_id()))
    assert (made["number"], made["status"], made["severity"]) == ("C-2026-000001", "assigned", 2)
    assert (made["owner_id"], made["team_id"]) == (str(manager), str(team))
    assert [(one["metric"], one["minutes"]) for one in made["clocks"]] == [("first_response", 60), ("resolution", 960)]
    assert made["due_at"] == "2026-11-25T09:00:00Z"  # an hour after it came in
    assert made["compensation"] == {"amount": "0.00", "currency": "CNY"}
    other = complain(api, profile.add())
    assert (other["number"], other["status"], other["owner_id"]) == ("C-2026-000002", "new", None)
    assert [(one.number, one.status, one.severity, one.changes) for one in told(api)] == [
        ("C-2026-000001", "assigned", 2, ["opened"]),
        ("C-2026-000002", "new", 2, ["opened"]),
    ]
    assert history(api, other) == [("opened", "new")]


def test_the_same_key_complains_once(api: Api, profile: Profile) -> None:
    body = BROKEN | {"customer_id": str(profile.add())}
    first, second = (api.post("/v1/complaints", body, **{"Idempotency-Key": "once"}) for _ in range(2))
    assert (first.json(), second.headers["Idempotency-Replayed"]) == (second.json(), "true")
    assert api.get("/v1/complaints/count").json() == {"count": 1}
    assert api.call("POST", "/v1/complaints", body).status_code == 422


def test_what_cannot_be_a_complaint_is_refused(api: Api, profile: Profile) -> None:
    who = profile.add()
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"category": "delivery.nowhere"}, "category", "reference_not_found"),
        ({"severity": 5}, "severity", "too_large"),
        ({"customer_id": str(new_id())}, "customer_id", "reference_not_found"),
        ({"customer_id": None}, "customer_id", "required"),
        ({"description": ""}, "description", "too_short"),
    ]
    for fields, field, code in faults:
        refused = api.post("/v1/complaints", BROKEN | {"customer_id": str(who)} | fields)
        assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [(field, code)]
    assert api.get("/v1/complaints/count").json() == {"count": 0}


def test_an_order_of_somebody_else_is_none_of_theirs(api: Api, profile: Profile) -> None:
    order = examples(OrderRecorded)[0].model_copy(update={"customer_id": profile.add(), "order_id": new_id()})
    with api.runtime.database.transaction() as session:
        orders.record(session, [order], api.runtime.now())
    complain(api, order.customer_id, order_id=str(order.order_id))
    refused = api.post("/v1/complaints", BROKEN | {"customer_id": str(profile.add()), "order_id": str(order.order_id)})
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("order_id", "reference_not_found")]


def test_when_profile_does_not_answer_a_complaint_is_taken_in_all_the_same(api: Api, profile: Profile) -> None:
    profile.up = False
    assert complain(api, new_id())["status"] == "new"


def test_complaints_are_found_by_what_they_are(api: Api, profile: Profile, clock: Clock) -> None:
    ada, bob = profile.add(), profile.add()
    worst = complain(api, ada, severity=1)
    late = complain(api, bob, category="delivery.late", severity=4, channel="email")
    clock.advance(minutes=31)
    look(api)
    price = complain(api, ada, category="price", severity=4)
    do(api, price, "reject", {"reason": "no"})

    def found(query: str) -> list[str]:
        return [one["id"] for one in api.get(f"/v1/complaints?{query}").json()["items"]]

    assert found("") == [price["id"], late["id"], worst["id"]]
    assert found("status=open&sort=due_at") == [worst["id"], late["id"]]
    assert found("status=rejected,closed") == [price["id"]]
    assert found("category=delivery") == [late["id"], worst["id"]]
    assert found("severity=1,2") == found("breached=true") == found("escalated=true") == [worst["id"]]
    assert found("breached=false&status=open") == found("channel=email") == [late["id"]]
    assert found(f"customer_id={ada}") == [price["id"], worst["id"]]
    assert found("due_to=2026-11-25T09:00:00Z") == [worst["id"]]
    assert found("opened_from=2026-11-25T08:30:00Z") == [price["id"]]
    assert api.get("/v1/complaints/count?status=open&breached=true").json() == {"count": 1}
    table = api.get("/v1/complaints", Accept="text/csv")
    assert (table.headers["content-type"].split(";")[0], len(table.text.splitlines())) == ("text/csv", 4)
    assert "茶叶罐碎了" not in table.text


def test_a_manager_sees_own_complaints_and_customers_alone(api: Api, profile: Profile) -> None:
    manager, team = profile.manager(), new_id()
    own, given, others = profile.add(), profile.add(), profile.add()
    assign(api, own, manager, team)
    made = [complain(api, who)["id"] for who in (own, given, others)]
    do(api, {"id": made[1]}, "assign", {"owner_id": str(manager)})

    def seen(query: str = "", **who: Any) -> list[str]:
        answer = api.http.get(f"/v1/complaints?sort=number&{query}", headers=headers(api, **who))
        return [one["id"] for one in answer.json()["items"]]

    assert seen(manager_id=manager) == seen("owner_id=me", manager_id=manager) == made[:2]
    assert seen(manager_id=new_id(), team_ids=[team]) == made[:1]
    assert seen("owner_id=me", manager_id=new_id(), team_ids=[team]) == []
    for path in ("", "/history", "/sla", "/comments"):
        answer = api.http.get(f"/v1/complaints/{made[2]}{path}", headers=headers(api, manager_id=manager))
        assert answer.status_code == 404
    refused = api.http.post(f"/v1/complaints/{made[2]}/start", headers=headers(api, manager_id=manager))
    assert refused.status_code == 404
    nobody = api.get("/v1/complaints?owner_id=me")
    assert [(one["field"], one["code"]) for one in nobody.json()["errors"]] == [("owner_id", "not_allowed")]


def test_a_customer_sees_and_says_what_is_theirs_alone(api: Api, profile: Profile) -> None:
    ada, bob = profile.add(), profile.add()
    theirs, other = complain(api, ada, severity=1), complain(api, bob)
    do(api, theirs, "comments", {"text": "only us", "visibility": "internal"})
    do(api, theirs, "comments", {"text": "we are sorry"})
    mine = headers(api, kind="member", customer_id=ada, scopes=frozenset())
    (seen,) = api.http.get("/v1/complaints", headers=mine).json()["items"]
    assert (seen["id"], seen["owner_id"], seen["breached"]) == (theirs["id"], None, [])
    assert api.http.get(f"/v1/complaints/{theirs['id']}", headers=mine).json()["clocks"] == []
    path = f"/v1/complaints/{theirs['id']}/comments"
    (said,) = api.http.get(path, headers=mine).json()["items"]
    assert (said["text"], said["author"]) == ("we are sorry", None)
    assert api.http.post(path, json={"text": "thanks"}, headers=mine).json()["said_by"] == "customer"
    for secret in ({"visibility": "internal"}, {"said_by": "staff"}):
        again = mine | {"Idempotency-Key": str(new_id())}
        assert api.http.post(path, json={"text": "x"} | secret, headers=again).status_code == 422
    for method, end in [("GET", ""), ("GET", "/comments"), ("POST", "/withdraw"), ("POST", "/start"), ("GET", "/sla")]:
        body = {"reason": "x"} if end == "/withdraw" else None
        answer = api.http.request(method, f"/v1/complaints/{other['id']}{end}", json=body, headers=mine)
        assert answer.status_code == 404
    complaint = {"category": "price", "channel": "app", "description": "太贵"}
    again = mine | {"Idempotency-Key": str(new_id())}
    assert api.http.post("/v1/complaints", json=complaint, headers=again).json()["customer_id"] == str(ada)
    for fields in ({"severity": 1}, {"customer_id": str(bob)}):
        again = mine | {"Idempotency-Key": str(new_id())}
        assert api.http.post("/v1/complaints", json=complaint | fields, headers=again).status_code == 422


def test_a_merged_customer_has_the_complaints_of_both(api: Api, profile: Profile) -> None:
    ada, twin = profile.add(), profile.add()
    manager = new_id()
    assign(api, ada, manager)
    first, second = complain(api, ada), complain(api, twin)
    link = {"customer_id": twin, "canonical_id": ada, "version": 1}
    with api.runtime.database.transaction() as session:
        customers.link(session, [examples(CustomerLinked)[0].model_copy(update=link)], api.runtime.now())
    items = api.get(f"/v1/complaints?customer_id={ada}").json()["items"]
    assert [(one["id"], one["customer_id"]) for one in items] == [(second["id"], str(twin)), (first["id"], str(ada))]
    assert complain(api, twin)["owner_id"] == str(manager)
    theirs = headers(api, kind="member", customer_id=ada, scopes=frozenset())
    assert api.http.get(f"/v1/complaints/{second['id']}", headers=theirs).status_code == 200
    assert do(api, second, "merge", {"into": first["id"]})["merged_into"] == first["id"]


def test_republishing_tells_every_complaint_with_its_version(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    complain(api, profile.add())
    do(api, made, "assign", {"owner_id": str(profile.manager())})
    before = told(api)
    assert republish.run(api.runtime, REPUBLISH, only=ComplaintRecorded.type) == 2
    again = {one.complaint_id: one for one in told(api)[len(before) :]}
    newest = {one.complaint_id: one for one in before}
    assert {one.origin for one in again.values()} == {Origin.REPUBLISH}
    for identity, event in newest.items():
        assert again[identity].model_copy(update={"origin": Origin.LIVE, "changes": event.changes}) == event


def test_open_complaints_are_in_the_whole_picture(api: Api, profile: Profile) -> None:
    who = profile.add()
    made, ended = complain(api, who), complain(api, who)
    do(api, ended, "reject", {"reason": "no"})
    with api.runtime.database.reading() as session:
        assert [one.number for one in complaints.open_of(session, [who], 10)] == [made["number"]]
    service = headers(api, kind="service", subject="gateway", scopes=frozenset())
    part = api.http.get(f"/internal/customers/{who}/360", headers=service).json()
    assert [(one["kind"], one["number"], one["status"]) for one in part["cases"]] == [
        ("complaint", made["number"], "new")
    ]


def test_a_version_that_was_not_read_changes_nothing(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    path = f"/v1/complaints/{made['id']}"
    assert api.patch(path, {"severity": 1}, made["version"] + 1).status_code == 412
    assert read(api, made)["version"] == made["version"]
