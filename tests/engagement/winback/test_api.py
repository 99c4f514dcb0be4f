"""Winning back: one case for a warning, asked, offered, followed to an order or a loss, and added up."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.engagement.customers import usecases as customers
from services.engagement.winback import usecases as winback
from shared import ownership
from shared.auth.scopes import expanded
from shared.auth.tokens import mint
from shared.contracts.base import Origin
from shared.contracts.engagement import WinbackRecorded
from shared.contracts.examples import examples
from shared.contracts.profile import AssignmentChanged, CustomerRecorded
from shared.contracts.scoring import WarningClosed, WarningRaised
from shared.ids import new_id
from tests.engagement.conftest import Api, Profile
from tests.engagement.posting import mails, messages, published, send

pytestmark = pytest.mark.capability("C-29")


def raised(api: Api, customer_id: UUID, **fields: Any) -> WarningRaised:
    now = api.runtime.now()
    known = {"customer_id": customer_id, "warning_id": new_id(), "occurred_at": now, "origin": Origin.LIVE}
    return examples(WarningRaised)[0].model_copy(update=known | {"value": Decimal("800.00")} | fields)


def closed(api: Api, warning: WarningRaised, outcome: str) -> WarningClosed:
    same = {"customer_id": warning.customer_id, "warning_id": warning.warning_id, "outcome": outcome}
    return examples(WarningClosed)[0].model_copy(update=same | {"occurred_at": api.runtime.now()})


def hear(api: Api, *events: WarningRaised | WarningClosed) -> None:
    with api.runtime.database.transaction() as session:
        for event in events:
            if isinstance(event, WarningRaised):
                winback.open_cases(session, [event], api.runtime.now())
            else:
                winback.end_cases(session, [event], api.runtime.now())


def cases(api: Api) -> list[dict[str, Any]]:
    return api.get("/v1/winback-cases").json()["items"]  # type: ignore[no-any-return]


def told(api: Api) -> list[tuple[str, list[str], int]]:
    found = [event for event in published(api.runtime) if isinstance(event, WinbackRecorded)]
    return [(event.status, event.changes, event.version) for event in found]


def offers(api: Api) -> dict[str, str]:
    return {one["code"]: one["id"] for one in api.get("/v1/winback-offers").json()["items"]}


def test_a_case_goes_from_the_warning_to_the_order(api: Api, profile: Profile) -> None:
    warning = raised(api, profile.add(), value=Decimal("120.0049"))
    hear(api, warning, warning)
    (case,) = cases(api)
    assert (case["status"], case["value"]) == ("open", {"amount": "120.00", "currency": "CNY"})
    path = f"/v1/winback-cases/{case['id']}"
    ask = {"template": "win-back", "channels": ["email"]}
    assert api.post(f"{path}/contact", {"channel": "email", "message": ask}).json()["status"] == "contacted"
    asked = api.post(f"{path}/contact", {"channel": "phone", "reason": "quality", "message": ask}).json()
    assert (asked["reason"], asked["channel"]) == ("quality", "phone")
    known = offers(api)
    assert asked["fitting"] == [known["written-apology"], known["invitation"]]
    assert api.get(path).json() == asked
    refused = api.post(f"{path}/offer", {"offer_id": known["personal-apology"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert api.post(f"{path}/offer", {}).json()["offer_id"] == known["written-apology"]
    assert api.post(f"{path}/offer", {}).json()["code"] == "invalid_transition"
    send(api.runtime)
    assert [one.dedupe_key for one in messages(api.runtime)] == [
        f"winback:{case['id']}:ask",
        f"winback:{case['id']}:offer",
    ]
    assert len(mails(api.runtime)) == 2
    hear(api, closed(api, warning, "ordered"), closed(api, warning, "ordered"))
    assert [(one["status"], one["ended_by"]) for one in cases(api)] == [("recovered", "ordered")]
    assert api.post(f"{path}/contact", {"channel": "phone"}).json()["code"] == "invalid_transition"
    assert told(api) == [
        ("open", ["opened"], 1),
        ("contacted", ["contacted"], 2),
        ("contacted", ["contacted"], 3),
        ("contacted", ["offered"], 4),
        ("recovered", ["ended"], 5),
    ]


@pytest.mark.parametrize(
    "fields", [{"origin": Origin.IMPORT}, {"origin": Origin.REPUBLISH}, {"occurred_at": "old"}], ids=str
)
def test_what_is_imported_replayed_or_old_opens_no_case(api: Api, profile: Profile, fields: dict[str, Any]) -> None:
    if "occurred_at" in fields:
        fields = {"occurred_at": api.runtime.now() - timedelta(hours=49)}
    hear(api, raised(api, profile.add(), **fields))
    assert (cases(api), told(api)) == ([], [])


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("lost", "lost"),
        ("superseded", "closed"),
        ("merged", "closed"),
        ("dismissed", "closed"),
        ("ordered", "recovered"),
    ],
)
def test_an_ending_that_comes_first_ends_the_case_all_the_same(
    api: Api, profile: Profile, outcome: str, status: str
) -> None:
    warning = raised(api, profile.add())
    hear(api, closed(api, warning, outcome), warning)
    assert [(one["status"], one["ended_by"]) for one in cases(api)] == [(status, outcome)]


def test_success_is_told_by_offer_and_reason(api: Api, profile: Profile) -> None:
    warnings = [raised(api, profile.add()) for _ in range(4)]
    hear(api, *warnings)
    by_warning = {one["warning_id"]: f"/v1/winback-cases/{one['id']}" for one in cases(api)}
    for warning in warnings[:3]:
        path = by_warning[str(warning.warning_id)]
        api.post(f"{path}/contact", {"channel": "phone", "reason": "quality"})
        api.post(f"{path}/offer", {})
    for warning, outcome in zip(warnings, ["ordered", "ordered", "lost"], strict=False):
        hear(api, closed(api, warning, outcome))
    gone = api.post(f"{by_warning[str(warnings[3].warning_id)]}/close", {"outcome": "lost", "reason": "moved"})
    assert (gone.json()["status"], gone.json()["ended_by"]) == ("lost", "staff")
    report = api.get("/v1/reports/winback").json()
    rows = {(one["offer"], one["reason"]): one for one in report["by_both"]}
    assert rows.keys() == {("personal-apology", "quality"), (None, "moved")}
    best = rows["personal-apology", "quality"]
    assert (best["cases"], best["recovered"], best["lost"]) == (3, 2, 1)
    assert best["success"] == pytest.approx(2 / 3)
    assert (best["low"], best["high"]) == (pytest.approx(0.2077, abs=1e-4), pytest.approx(0.9385, abs=1e-4))
    assert [one["reason"] for one in report["by_reason"]] == ["moved", "quality"]
    assert api.get("/v1/reports/winback?opened_from=2027-01-01T00:00:00Z").json()["by_offer"] == []


def test_the_merchant_keeps_the_offers(api: Api) -> None:
    visit = {"code": "visit", "name": "Visit", "kind": "personal", "value_from": "1000", "reasons": ["competitor"]}
    made = api.post("/v1/winback-offers", visit)
    path = made.headers["Location"]
    assert api.patch(path, {"rank": 5}, 1).json()["rank"] == 5
    assert api.patch(path, {"rank": -1}, 2).status_code == 422
    assert api.post("/v1/winback-offers", visit).json()["code"] == "already_exists"
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"kind": "points"}, "kind", "not_allowed"),
        ({"kind": "message"}, "template", "required"),
        ({"kind": "message", "template": "nothing", "channels": ["email"]}, "template", "reference_not_found"),
        ({"kind": "message", "template": "thank-you", "channels": ["email"]}, "purpose", "not_allowed"),
    ]
    for fields, field, code in faults:
        refused = api.post("/v1/winback-offers", visit | {"code": "other"} | fields)
        assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [(field, code)]
    assert api.call("DELETE", path).status_code == 204
    assert "visit" not in offers(api)


def test_a_manager_reaches_the_cases_of_own_customers_alone(api: Api, profile: Profile) -> None:
    manager, own, other = new_id(), profile.add(), profile.add()
    hear(api, raised(api, own), raised(api, other))
    paths = {one["customer_id"]: f"/v1/winback-cases/{one['id']}" for one in cases(api)}
    assigned = {"customer_id": own, "role": "account_manager", "manager_id": manager, "version": 1}
    with api.runtime.database.transaction() as session:
        event = examples(AssignmentChanged)[0].model_copy(update=assigned)
        ownership.record(session, [event], api.runtime.now())
    held = expanded(("admin",))
    settings, now = api.runtime.settings, api.runtime.now()
    token = mint(settings, "engagement", subject="k", kind="api_key", scopes=held, manager_id=manager, now=now)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
    seen = api.http.get("/v1/winback-cases", headers=headers).json()["items"]
    assert [one["customer_id"] for one in seen] == [str(own)]
    called = {"channel": "phone", "reason": "price"}
    assert api.http.post(f"{paths[str(own)]}/contact", json=called, headers=headers).status_code == 200
    for verb, body in [("contact", called), ("offer", {}), ("close", {"outcome": "lost"})]:
        assert api.http.post(f"{paths[str(other)]}/{verb}", json=body, headers=headers).status_code == 404
    assert api.http.get(paths[str(other)], headers=headers).status_code == 404


def tasks(api: Api) -> list[tuple[str, str | None]]:
    items = api.get("/v1/tasks?cause=winback&sort=opened_at").json()["items"]
    return [(one["status"], one["outcome"]) for one in items]


@pytest.mark.capability("C-28")
def test_where_enough_is_at_stake_somebody_is_to_ask_in_person(api: Api, profile: Profile) -> None:
    warning = raised(api, profile.add(), value=Decimal("500.00"))
    hear(api, warning, warning, raised(api, profile.add(), value=Decimal("499.99")))
    (task,) = api.get("/v1/tasks").json()["items"]
    (case,) = [one for one in cases(api) if one["warning_id"] == str(warning.warning_id)]
    assert (task["kind"], task["case_id"], task["customer_id"]) == ("call", case["id"], str(warning.customer_id))
    assert task["facts"]["signs"] == case["signs"]
    done = api.post(f"/v1/tasks/{task['id']}/complete", {"outcome": "competitor"})
    assert done.json()["status"] == "done"
    after = api.get(f"/v1/winback-cases/{case['id']}").json()
    assert (after["status"], after["reason"], after["channel"]) == ("contacted", "competitor", "phone")


@pytest.mark.capability("C-28")
def test_nobody_reached_leaves_the_case_as_it_was(api: Api, profile: Profile) -> None:
    hear(api, raised(api, profile.add()))
    (task,) = api.get("/v1/tasks").json()["items"]
    assert api.post(f"/v1/tasks/{task['id']}/complete", {"outcome": "no-answer"}).json()["status"] == "no_answer"
    assert [one["status"] for one in cases(api)] == ["open"]


@pytest.mark.capability("C-28")
@pytest.mark.parametrize("first", ["warning", "ending"])
def test_nobody_has_to_ask_who_ordered_again(api: Api, profile: Profile, first: str) -> None:
    warning = raised(api, profile.add())
    ending = closed(api, warning, "ordered")
    hear(api, *((warning, ending) if first == "warning" else (ending, warning)))
    assert tasks(api) == [("cancelled", None)]


@pytest.mark.capability("C-28")
def test_what_was_asked_by_hand_ends_the_task_and_a_message_does_not(api: Api, profile: Profile) -> None:
    hear(api, raised(api, profile.add()))
    path = f"/v1/winback-cases/{cases(api)[0]['id']}"
    ask = {"template": "win-back", "channels": ["email"]}
    api.post(f"{path}/contact", {"channel": "email", "message": ask})
    assert tasks(api) == [("open", None)]
    api.post(f"{path}/contact", {"channel": "phone", "reason": "price"})
    assert tasks(api) == [("done", "price")]


@pytest.mark.capability("C-28")
def test_a_case_that_staff_close_needs_no_task(api: Api, profile: Profile) -> None:
    hear(api, raised(api, profile.add()))
    api.post(f"/v1/winback-cases/{cases(api)[0]['id']}/close", {"outcome": "lost"})
    assert tasks(api) == [("cancelled", None)]


@pytest.mark.capability("C-28")
def test_whoever_calls_knows_what_was_what_is_open_and_what_to_offer(api: Api, profile: Profile) -> None:
    ada = profile.add()
    warning = raised(api, ada)
    hear(api, warning)
    (task,) = api.get("/v1/tasks").json()["items"]
    due_at = (api.runtime.now() + timedelta(hours=5)).isoformat()
    more = {"customer_id": str(ada), "kind": "visit", "subject": "Bring samples", "due_at": due_at}
    other = api.post("/v1/tasks", more).json()
    with api.runtime.database.transaction() as session:
        customers.record(
            session, [examples(CustomerRecorded)[0].model_copy(update={"customer_id": ada})], warning.occurred_at
        )
    brief = api.get(f"/v1/tasks/{task['id']}/brief").json()
    assert (brief["task"]["id"], [one["id"] for one in brief["tasks"]]) == (task["id"], [other["id"]])
    assert [one["id"] for one in brief["cases"]] == [task["case_id"]]
    assert [one["code"] for one in brief["offers"]][:1] == ["invitation"]
    assert (brief["portrait"]["locale"], brief["portrait"]["tier"]) == (examples(CustomerRecorded)[0].locale, None)
    assert (brief["opinion"], brief["appointments"], brief["messages"], brief["contacts"]) == (None, [], [], [])
    api.post(f"/v1/tasks/{task['id']}/complete", {"outcome": "quality"})
    after = api.get(f"/v1/tasks/{other['id']}/brief").json()
    assert ([one["id"] for one in after["contacts"]], after["offers"]) == ([task["id"]], [])
    assert api.get(f"/v1/tasks/{new_id()}/brief").status_code == 404


@pytest.mark.parametrize("ended", ["ordered", "by staff"])
def test_who_ordered_again_or_is_followed_no_more_hears_nothing_that_still_waited(
    api: Api, profile: Profile, ended: str
) -> None:
    warning, other = raised(api, profile.add()), raised(api, profile.add())
    hear(api, warning, other)
    for case in cases(api):
        path = f"/v1/winback-cases/{case['id']}"
        asked = {"channel": "email", "message": {"template": "win-back", "channels": ["email"]}}
        assert api.post(f"{path}/contact", asked).is_success
        assert api.post(f"{path}/offer", {}).json()["message_id"]
    if ended == "ordered":
        hear(api, closed(api, warning, "ordered"))
    else:
        mine = [one["id"] for one in cases(api) if one["warning_id"] == str(warning.warning_id)]
        assert api.post(f"/v1/winback-cases/{mine[0]}/close", {"outcome": "lost"}).is_success
    send(api.runtime)
    sent = {(one.customer_id, one.status, one.reason) for one in messages(api.runtime)}
    assert sent == {(warning.customer_id, "cancelled", "case_ended"), (other.customer_id, "sent", None)}
    assert len(mails(api.runtime)) == 2


def test_a_message_that_would_be_skipped_neither_asks_nor_offers(api: Api, profile: Profile) -> None:
    ada = profile.add(consents=[])
    hear(api, raised(api, ada))
    (case,) = cases(api)
    path = f"/v1/winback-cases/{case['id']}"
    ask = {"channel": "email", "message": {"template": "win-back", "channels": ["email"]}}
    for refused in (api.post(f"{path}/contact", ask), api.post(f"{path}/offer", {})):
        assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
        assert refused.json()["errors"][0]["message"] == "it would be skipped: consent.missing"
    assert api.get(path).json() == case | {"fitting": [offers(api)["invitation"]]}
    assert messages(api.runtime) == []
    assert api.post(f"{path}/contact", {"channel": "phone", "reason": "service"}).json()["status"] == "contacted"
    assert api.post(f"{path}/offer", {}).json()["offered_at"] is not None
