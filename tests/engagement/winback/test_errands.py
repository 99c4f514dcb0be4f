"""Offers of winning back that are made by phone or on a visit: a task of the case, once, while the case runs."""

from typing import Any

import pytest

from tests.engagement.complaints.complaining import assign
from tests.engagement.conftest import Api, Profile
from tests.engagement.posting import mails, send
from tests.engagement.winback.test_api import cases, closed, hear, raised

pytestmark = pytest.mark.capability("C-29")
PHONE = {"contact_id": "0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d", "channel": "phone", "value": "+8613800138000"}
IN_PERSON: dict[str, Any] = {"code": "ring-up", "name": "致电", "kind": "message", "rank": 1, "template": "win-back"}


def offered(api: Api, profile: Profile, *channels: str) -> tuple[dict[str, Any], Any]:
    """A case of which the offer is made by these ways, and its warning; nobody was asked to call about it."""
    policy = api.get("/v1/task-policy").json()
    api.patch("/v1/task-policy", {"winback": None}, policy["version"])
    answer = api.post("/v1/winback-offers", IN_PERSON | {"channels": list(channels)})
    assert answer.status_code == 201, answer.text
    warning = raised(api, profile.add(contacts=[PHONE]))
    hear(api, warning)
    (case,) = cases(api)
    made = api.post(f"/v1/winback-cases/{case['id']}/offer", {}).json()
    assert made["offer_id"] == answer.json()["id"]
    while send(api.runtime):
        pass
    return made, warning


def tasks(api: Api) -> list[tuple[str, str, str, str | None]]:
    items = api.get("/v1/tasks").json()["items"]
    return [(one["kind"], one["cause"], one["status"], one["case_id"]) for one in items]


@pytest.mark.parametrize(("channel", "kind"), [("phone", "call"), ("visit", "visit")])
def test_it_is_one_task_of_the_case_whose_outcome_says_why(api: Api, profile: Profile, channel: str, kind: str) -> None:
    case, _ = offered(api, profile, channel)
    assert (tasks(api), mails(api.runtime)) == ([(kind, "winback", "open", case["id"])], [])
    (task,) = api.get("/v1/tasks").json()["items"]
    assert api.get(f"/v1/tasks/{task['id']}/brief").json()["offers"][0]["code"] == "ring-up"
    again = api.post(f"/v1/winback-cases/{case['id']}/offer", {})
    assert again.json()["code"] == "invalid_transition"
    api.post(f"/v1/tasks/{task['id']}/complete", {"outcome": "price"})
    (now,) = cases(api)
    assert (now["status"], now["reason"]) == ("contacted", "price")
    assert len(tasks(api)) == 1


def test_a_case_that_ended_needs_it_no_more(api: Api, profile: Profile) -> None:
    case, warning = offered(api, profile, "phone")
    hear(api, closed(api, warning, "ordered"))
    assert tasks(api) == [("call", "winback", "cancelled", case["id"])]


PERSONAL: dict[str, Any] = {"code": "in-person", "name": "店长致电", "kind": "personal", "rank": 0}


@pytest.mark.parametrize(("channels", "kind"), [([], "call"), (["phone", "visit"], "call"), (["visit"], "visit")])
def test_a_personal_offer_is_one_task_beside_that_of_the_warning(
    api: Api, profile: Profile, channels: list[str], kind: str
) -> None:
    offer = api.post("/v1/winback-offers", PERSONAL | {"channels": channels}).json()
    ada, manager = profile.add(contacts=[PHONE]), profile.manager()
    assign(api, ada, manager)
    hear(api, raised(api, ada))
    (asking,) = api.get("/v1/tasks").json()["items"]
    path = f"/v1/winback-cases/{asking['case_id']}"
    key = {"Idempotency-Key": "once"}
    made, again = (api.post(f"{path}/offer", {}, **key) for _ in range(2))
    assert (made.json()["offer_id"], again.json()) == (offer["id"], made.json())
    assert api.post(f"{path}/offer", {}).json()["code"] == "invalid_transition"
    task, *others = [one for one in api.get("/v1/tasks").json()["items"] if one["id"] != asking["id"]]
    assert (others, task["kind"], task["cause"], task["status"]) == ([], kind, "winback", "open")
    assert (task["case_id"], task["customer_id"], task["owner_id"]) == (asking["case_id"], str(ada), str(manager))
    assert task["facts"] == {"offer": "in-person", "reason": None}
    assert task["due_at"] == "2026-11-27T08:00:00Z"  # as what is done by hand
    assert (mails(api.runtime), again.headers["Idempotency-Replayed"]) == ([], "true")
    api.post(f"/v1/tasks/{task['id']}/complete", {"outcome": "price"})
    assert [(one["status"], one["reason"]) for one in cases(api)] == [("contacted", "price")]


def test_a_personal_offer_is_a_task_where_warnings_open_none_and_ends_with_its_case(api: Api, profile: Profile) -> None:
    policy = api.get("/v1/task-policy").json()
    api.patch("/v1/task-policy", {"winback": None}, policy["version"])
    api.post("/v1/winback-offers", PERSONAL)
    warning = raised(api, profile.add(contacts=[PHONE]))
    hear(api, warning)
    (case,) = cases(api)
    api.post(f"/v1/winback-cases/{case['id']}/offer", {})
    assert tasks(api) == [("call", "winback", "open", case["id"])]
    hear(api, closed(api, warning, "ordered"))
    assert tasks(api) == [("call", "winback", "cancelled", case["id"])]


@pytest.mark.parametrize("offer", [PERSONAL, IN_PERSON | {"channels": ["phone"], "rank": 0}])
def test_who_asked_in_person_has_still_to_make_the_offer(api: Api, profile: Profile, offer: dict[str, Any]) -> None:
    api.post("/v1/winback-offers", offer)
    hear(api, raised(api, profile.add(contacts=[PHONE])))
    (asking,) = api.get("/v1/tasks").json()["items"]
    path = f"/v1/winback-cases/{asking['case_id']}"
    later = {"kind": "call", "due_at": "2026-11-30T02:00:00Z"}
    api.post(f"/v1/tasks/{asking['id']}/complete", {"outcome": "no-answer", "next": later})
    api.post(f"{path}/offer", {})
    while send(api.runtime):
        pass
    api.post(f"{path}/contact", {"channel": "phone", "reason": "price"})
    shown = {one["cause"]: (one["status"], one["outcome"]) for one in api.get("/v1/tasks?status=open").json()["items"]}
    assert shown == {"winback": ("open", None)}
    followed = [one for one in api.get("/v1/tasks").json()["items"] if one["cause"] == "follow_up"]
    assert [(one["status"], one["outcome"]) for one in followed] == [("done", "price")]


def test_a_way_that_there_is_not_is_refused(api: Api) -> None:
    answer = api.post("/v1/winback-offers", IN_PERSON | {"channels": ["fax"]})
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("channels.0", "not_allowed")]
