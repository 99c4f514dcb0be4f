"""Making good for complaints: approved by another where it is much, and paid by exactly one task."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.engagement.complaints.compensations.tables import Compensation
from services.engagement.tasks.tables import Task
from tests.engagement.complaints.complaining import SETTLED, complain, do, headers, history, read, told
from tests.engagement.conftest import Api, Profile

pytestmark = pytest.mark.capability("C-30")


def refund(amount: str = "50.00") -> dict[str, Any]:
    return {"kind": "refund", "amount": {"amount": amount, "currency": "CNY"}, "reason": "碎了"}


def propose(api: Api, complaint: dict[str, Any], amount: str = "50.00") -> dict[str, Any]:
    return do(api, complaint, "compensations", refund(amount))


def decide(api: Api, compensation: dict[str, Any], verb: str, by: str = "key-2") -> Any:
    """Another credential says so."""
    path = f"/v1/compensations/{compensation['id']}/{verb}"
    return api.http.post(path, json={"note": "ok"}, headers=headers(api, subject=by))


def tasks(api: Api) -> dict[str, list[str]]:
    """The states of the tasks that pay compensations, by compensation."""
    found: dict[str, list[str]] = {}
    with api.runtime.database.reading() as session:
        for task in session.scalars(select(Task).where(Task.cause == "compensation")):
            found.setdefault(str(task.case_id), []).append(task.status)
    return found


def test_little_is_granted_at_once_and_opens_one_task(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    granted = propose(api, made, "199.99")
    assert (granted["status"], granted["decided_by"], granted["amount"]) == (
        *("granted", "policy"),
        {"amount": "199.99", "currency": "CNY"},
    )
    assert tasks(api) == {granted["id"]: ["open"]}
    assert read(api, made)["compensation"] == {"amount": "199.99", "currency": "CNY"}
    assert str(told(api)[-1].compensation) == "199.9900"
    assert api.get(f"/v1/compensations/{granted['id']}").json() == granted
    assert history(api, made)[-1] == ("compensation", "new")


def test_much_needs_another_credential(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    proposed = propose(api, made, "200.00")
    assert (proposed["status"], proposed["effect_id"], tasks(api)) == ("proposed", None, {})
    own = api.post(f"/v1/compensations/{proposed['id']}/approve", {})
    assert (own.status_code, own.json()["code"]) == (422, "approval_required")
    poor = api.post(f"/v1/compensations/{proposed['id']}/approve", {}, scopes=("engagement:write",))
    assert poor.json()["code"] == "scope_missing"
    assert [one["id"] for one in api.get("/v1/compensations?status=proposed").json()["items"]] == [proposed["id"]]
    granted = decide(api, proposed, "approve").json()
    assert (granted["status"], granted["decided_by"], granted["note"]) == ("granted", "key-2", "ok")
    assert tasks(api) == {granted["id"]: ["open"]}
    for verb in ("approve", "reject"):
        assert decide(api, granted, verb).json()["code"] == "invalid_transition"
    refused = propose(api, made, "999.00")
    assert decide(api, refused, "reject").json()["status"] == "rejected"
    assert decide(api, refused, "approve").json()["code"] == "invalid_transition"
    assert read(api, made)["compensation"]["amount"] == "200.00"


def test_much_is_not_granted_little_by_little(api: Api, profile: Profile) -> None:
    made, other = complain(api, profile.add()), complain(api, profile.add())
    assert propose(api, made, "199.98")["status"] == "granted"
    assert propose(api, made, "0.01")["status"] == "granted"
    last = propose(api, made, "0.01")
    assert (last["status"], propose(api, other, "0.01")["status"]) == ("proposed", "granted")
    assert read(api, made)["compensation"]["amount"] == "199.99"
    assert decide(api, last, "approve").json()["status"] == "granted"
    assert read(api, made)["compensation"]["amount"] == "200.00"


def test_what_was_granted_is_taken_back_until_it_is_paid(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    first, second = propose(api, made, "10.00"), propose(api, made, "20.00")
    assert decide(api, first, "reverse").json()["status"] == "reversed"
    assert tasks(api) == {first["id"]: ["cancelled"], second["id"]: ["open"]}
    assert read(api, made)["compensation"]["amount"] == "20.00"
    with api.runtime.database.transaction() as session:
        session.get_one(Task, second["effect_id"]).status = "done"
        session.flush()
    assert decide(api, second, "reverse").json()["code"] == "invalid_transition"
    assert decide(api, first, "reverse").json()["code"] == "invalid_transition"


def test_what_cannot_be_granted_is_refused(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    path = f"/v1/complaints/{made['id']}/compensations"
    dollars = {"amount": {"amount": "5.00", "currency": "USD"}}
    faults: list[tuple[dict[str, Any], str, str, str]] = [
        ({"kind": "points"}, "kind", "not_allowed", "validation_failed"),
        ({"kind": "coupon"}, "kind", "not_allowed", "validation_failed"),
        ({"kind": "gift"}, "kind", "not_allowed", "validation_failed"),
        (dollars, "amount.currency", "not_allowed", "currency_unsupported"),
        ({"amount": {"amount": "0.00", "currency": "CNY"}}, "amount.amount", "too_small", "validation_failed"),
    ]
    for fields, field, code, problem in faults:
        refused = api.post(path, refund() | fields).json()
        assert [(one["field"], one["code"]) for one in refused["errors"]] == [(field, code)]
        assert refused["code"] == problem
    assert api.call("POST", path, refund()).status_code == 422  # without an idempotency key
    do(api, made, "reject", {"reason": "no"})
    assert api.post(path, refund()).json()["code"] == "invalid_transition"
    assert tasks(api) == {}


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_complaint_is_closed_once_every_compensation_is_decided(api: Api, profile: Profile, verb: str) -> None:
    made = complain(api, profile.add())
    propose(api, made, "20.00")
    proposed = propose(api, made, "500.00")
    do(api, made, "resolve", SETTLED)
    steps = history(api, made)
    refused = api.post(f"/v1/complaints/{made['id']}/close", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert "approve or reject it first" in refused.json()["detail"]
    assert (read(api, made)["status"], history(api, made)) == ("resolved", steps)
    decide(api, proposed, verb)
    assert do(api, made, "close", {})["status"] == "closed"
    do(api, made, "reopen", {"reason": "又碎了"})
    again = propose(api, made, "300.00")
    do(api, made, "resolve", SETTLED)
    assert api.post(f"/v1/complaints/{made['id']}/close", {}).status_code == 409
    assert decide(api, again, "approve").json()["status"] == "granted"
    assert do(api, made, "close", {})["status"] == "closed"


def test_a_complaint_goes_on_in_another_once_every_compensation_is_decided(api: Api, profile: Profile) -> None:
    who = profile.add()
    made, into = complain(api, who), complain(api, who)
    proposed, path = propose(api, made, "500.00"), f"/v1/complaints/{made['id']}/merge"
    propose(api, into, "400.00")
    refused = api.post(path, {"into": into["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert (read(api, made)["status"], read(api, into)["version"]) == ("new", into["version"] + 1)
    decide(api, proposed, "reject")
    assert do(api, made, "merge", {"into": into["id"]})["status"] == "duplicate"


def test_a_complaint_is_rejected_once_every_compensation_is_decided(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    proposed, path = propose(api, made, "500.00"), f"/v1/complaints/{made['id']}/reject"
    steps = history(api, made)
    refused = api.post(path, {"reason": "no complaint"})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert "approve or reject it first" in refused.json()["detail"]
    assert (read(api, made)["status"], history(api, made)) == ("new", steps)
    decide(api, proposed, "reject")
    assert do(api, made, "reject", {"reason": "no complaint"})["status"] == "rejected"


def test_what_is_only_proposed_lapses_when_the_customer_takes_the_complaint_back(api: Api, profile: Profile) -> None:
    who = profile.add()
    made, other = complain(api, who), complain(api, who)
    granted, first, second = (propose(api, made, amount) for amount in ("20.00", "300.00", "400.00"))
    elsewhere = propose(api, other, "300.00")
    mine = headers(api, subject="ada", kind="member", customer_id=who)
    path = f"/v1/complaints/{made['id']}/withdraw"
    taken_back = api.http.post(path, json={"reason": "又找到了"}, headers=mine)
    assert (taken_back.status_code, taken_back.json()["status"]) == (200, "withdrawn")
    for proposed in (first, second):
        shown = api.get(f"/v1/compensations/{proposed['id']}").json()
        assert (shown["status"], shown["decided_by"], shown["note"]) == ("lapsed", "ada", "又找到了")
        assert shown["decided_at"] == taken_back.json()["closed_at"]
        for verb in ("approve", "reject", "reverse"):
            assert decide(api, proposed, verb).json()["code"] == "invalid_transition"
    assert history(api, made)[-3:] == [("withdraw", "withdrawn"), *[("compensation", "withdrawn")] * 2]
    last = api.get(f"/v1/complaints/{made['id']}/history?sort=-at&limit=1").json()["items"][0]
    assert (last["by"], last["values"]) == ("ada", {"compensation_id": second["id"], "status": "lapsed"})
    assert [one["id"] for one in api.get("/v1/compensations?status=proposed").json()["items"]] == [elsewhere["id"]]
    assert [one["id"] for one in api.get("/v1/compensations?status=lapsed").json()["items"]] == [
        *(second["id"], first["id"])
    ]
    assert (tasks(api), read(api, made)["compensation"]["amount"]) == ({granted["id"]: ["open"]}, "20.00")
    assert told(api)[-1].status == "withdrawn"
    assert decide(api, granted, "reverse").json()["status"] == "reversed"
    assert tasks(api) == {granted["id"]: ["cancelled"]}


def test_staff_take_a_complaint_back_as_the_customer_wishes_whatever_was_proposed(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    proposed = propose(api, made, "500.00")
    assert do(api, made, "withdraw", {"reason": "settled itself"})["status"] == "withdrawn"
    assert api.get(f"/v1/compensations/{proposed['id']}").json()["status"] == "lapsed"


def test_who_takes_it_back_while_another_approves_leaves_nothing_undecided(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    proposed, path = propose(api, made, "500.00"), f"/v1/complaints/{made['id']}/withdraw"
    with ThreadPoolExecutor(2) as pool:
        approved = pool.submit(decide, api, proposed, "approve")
        taken_back = pool.submit(api.post, path, {"reason": "x"})
    status = api.get(f"/v1/compensations/{proposed['id']}").json()["status"]
    assert (taken_back.result().status_code, read(api, made)["status"]) == (200, "withdrawn")
    assert status == ("granted" if approved.result().status_code == 200 else "lapsed")
    assert tasks(api) == ({proposed["id"]: ["open"]} if status == "granted" else {})


def test_many_who_approve_at_once_grant_it_once(api: Api, profile: Profile) -> None:
    proposed = propose(api, complain(api, profile.add()), "500.00")
    with ThreadPoolExecutor(6) as pool:
        verbs = ["approve"] * 4 + ["reject"] * 2
        answers = list(pool.map(lambda pair: decide(api, proposed, pair[1], f"lead-{pair[0]}"), enumerate(verbs)))
    assert sorted(one.status_code for one in answers) == [200, *[409] * 5]
    (winner,) = [one.json()["status"] for one in answers if one.status_code == 200]
    assert tasks(api) == ({proposed["id"]: ["open"]} if winner == "granted" else {})


VERBS = ("propose", "approve", "reject", "reverse", "resolve", "reopen", "withdraw")
OPERATIONS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 3)), max_size=12)


@settings(max_examples=6)
@given(operations=OPERATIONS, repeated=st.booleans())
def test_whatever_is_tried_each_grant_has_one_task_and_no_other_has_any(
    api: Api, profile: Profile, *, operations: list[tuple[str, int]], repeated: bool
) -> None:
    made = complain(api, profile.add())
    known: list[dict[str, Any]] = []
    for verb, number in operations:
        for _ in range(1 + repeated):
            if verb == "propose":
                path, key = f"/v1/complaints/{made['id']}/compensations", f"{made['id']}-{len(operations)}-{number}"
                answer = api.post(path, refund(("100.00", "300.00")[number % 2]), **{"Idempotency-Key": key})
                known += [answer.json()] if answer.is_success else []
            elif verb in ("resolve", "reopen", "withdraw"):
                api.post(f"/v1/complaints/{made['id']}/{verb}", SETTLED if verb == "resolve" else {"reason": "x"})
            elif number < len(known):
                decide(api, known[number], verb)
    with api.runtime.database.reading() as session:
        mine = select(Compensation).where(Compensation.complaint_id == made["id"])
        states = {str(one.compensation_id): one.status for one in session.scalars(mine)}
        amounts = [one.amount for one in session.scalars(mine) if one.status == "granted"]
    found = tasks(api)
    for identity, status in states.items():
        expected = {"granted": ["open"], "reversed": ["cancelled"]}.get(status, [])
        assert found.get(identity, []) == expected
    assert float(read(api, made)["compensation"]["amount"]) == float(sum(amounts))
    assert read(api, made)["status"] != "withdrawn" or "proposed" not in states.values()


def paying(api: Api, compensation: dict[str, Any]) -> str:
    """Where the task is that pays a compensation."""
    found = [one for one in api.get("/v1/tasks?status=open").json()["items"] if one["case_id"] == compensation["id"]]
    return f"/v1/tasks/{found[0]['id']}"


def test_nobody_leaves_what_was_granted_unpaid_by_cancelling_the_task(api: Api, profile: Profile) -> None:
    granted = propose(api, complain(api, profile.add()))
    refused = api.call("DELETE", paying(api, granted))
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert "Reverse the compensation" in refused.json()["detail"]
    assert tasks(api) == {granted["id"]: ["open"]}
    assert decide(api, granted, "reverse").json()["status"] == "reversed"
    assert tasks(api) == {granted["id"]: ["cancelled"]}


def test_what_was_paid_at_the_second_try_is_not_taken_back(api: Api, profile: Profile) -> None:
    granted = propose(api, complain(api, profile.add()))
    later = {"kind": "other", "due_at": "2026-11-30T02:00:00Z"}
    assert api.post(f"{paying(api, granted)}/complete", {"outcome": "no-answer", "next": later}).status_code == 200
    assert api.post(f"{paying(api, granted)}/complete", {"outcome": "resolved"}).status_code == 200
    assert decide(api, granted, "reverse").json()["code"] == "invalid_transition"


def test_an_amount_that_nobody_can_pay_is_refused(api: Api, profile: Profile) -> None:
    path = f"/v1/complaints/{complain(api, profile.add())['id']}/compensations"
    (error,) = api.post(path, refund("0.001")).json()["errors"]
    assert (error["field"], error["code"]) == ("amount.amount", "not_allowed")
    assert api.post(path, refund("0.0100")).status_code == 201
