"""Tasks over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.auth.scopes import expanded
from shared.auth.tokens import mint
from shared.ids import new_id
from tests.engagement.conftest import Api, Profile
from tests.engagement.tasks.following import looks_after

pytestmark = pytest.mark.capability("C-28")


def body(api: Api, customer_id: UUID, **fields: Any) -> dict[str, Any]:
    due_at = (api.runtime.now() + timedelta(hours=3)).isoformat()
    return {"customer_id": str(customer_id), "kind": "call", "subject": "Ask how it works", "due_at": due_at} | fields


def as_manager(api: Api, manager_id: UUID) -> httpx.Client:
    held, now = expanded(("admin",)), api.runtime.now()
    settings = api.runtime.settings
    token = mint(settings, "engagement", subject="m", kind="api_key", scopes=held, manager_id=manager_id, now=now)
    return httpx.Client(base_url=api.http.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def test_a_task_is_made_changed_put_off_handed_over_and_done(api: Api, profile: Profile) -> None:
    ada, lee = profile.add(), profile.manager()
    made = api.post("/v1/tasks", body(api, ada, script="Be kind."))
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    path, shown = made.headers["Location"], made.json()
    assert (shown["status"], shown["cause"], shown["priority"], shown["owner_id"]) == ("open", "manual", 3, None)
    assert api.get(path).json() == shown
    assert api.get(path, scopes=("engagement:read",)).json() | {"subject": "-"} == shown | {
        "subject": "-",
        "script": None,
    }
    assert api.patch(path, {"priority": 1, "script": None}, 1).json()["script"] is None
    assert api.patch(path, {"priority": 2}, 1).status_code == 412
    later = (api.runtime.now() + timedelta(days=1)).isoformat()
    assert api.post(f"{path}/reschedule", {"due_at": later}).json()["rescheduled"] == 1
    assert api.post(f"{path}/reassign", {"owner_id": str(lee)}).json()["owner_id"] == str(lee)
    listed = api.get(f"/v1/tasks?owner_id={lee}&status=open").json()["items"]
    assert [one["id"] for one in listed] == [shown["id"]]
    done = api.post(f"{path}/complete", {"outcome": "satisfied", "note": "Works well."}).json()
    assert (done["status"], done["outcome"], done["note"]) == ("done", "satisfied", "Works well.")
    assert api.post(f"{path}/complete", {"outcome": "satisfied"}).json()["code"] == "invalid_transition"
    assert api.call("DELETE", path).status_code == 409
    sheet = api.get("/v1/tasks", Accept="text/csv").text.splitlines()
    assert (len(sheet), "owner_id" in sheet[0]) == (2, True)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"kind": "letter"}, "kind", "not_allowed"),
        ({"subject": ""}, "subject", "too_short"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at", "too_old"),
        ({"due_at": "2036-01-01T00:00:00Z"}, "due_at", "too_large"),
        ({"priority": 5}, "priority", "too_large"),
        ({"customer_id": str(new_id())}, "customer_id", "reference_not_found"),
        ({"owner_id": str(new_id())}, "owner_id", "reference_not_found"),
        ({"mood": "good"}, "mood", "unknown"),
    ],
)
def test_what_cannot_be_a_task_is_refused(
    api: Api, profile: Profile, fields: dict[str, Any], field: str, code: str
) -> None:
    refused = api.post("/v1/tasks", body(api, profile.add()) | fields)
    assert refused.status_code == 422
    assert (field, code) in [(one["field"], one["code"]) for one in refused.json()["errors"]]


def test_a_manager_has_a_day_of_their_own(api: Api, profile: Profile) -> None:
    ada, bob, lee = profile.add(), profile.add(), new_id()
    own, other = (api.post("/v1/tasks", body(api, one)).json()["id"] for one in (ada, bob))
    with api.runtime.database.transaction() as session:
        looks_after(session, lee, ada, api.runtime.now())
    with as_manager(api, lee) as http:
        for path in ("/v1/tasks/today", "/v1/tasks/today?owner_id=me", "/v1/tasks?owner_id=me", "/v1/tasks"):
            assert [one["id"] for one in http.get(path).json()["items"]] == [own], path
        assert http.get(f"/v1/tasks/{other}").status_code == 404
        assert http.post(f"/v1/tasks/{other}/complete", json={"outcome": "satisfied"}).status_code == 404
        assert http.post("/v1/tasks", json=body(api, bob)).status_code == 404
        assert http.post("/v1/tasks", json=body(api, ada)).status_code == 201
    nobody = api.get("/v1/tasks/today?owner_id=me")
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "owner_id")
    assert {one["id"] for one in api.get("/v1/tasks/today").json()["items"]} >= {own, other}


def test_the_merchant_keeps_the_outcomes(api: Api, profile: Profile) -> None:
    path = api.post("/v1/task-outcomes", {"code": "gift", "name": "Gift taken", "kinds": ["visit"]}).headers["Location"]
    assert api.post("/v1/task-outcomes", {"code": "gift", "name": "Again"}).json()["code"] == "already_exists"
    assert api.patch(path, {"kinds": []}, 1).json()["kinds"] == []
    made = api.post("/v1/tasks", body(api, profile.add())).headers["Location"]
    assert api.call("DELETE", path).status_code == 204
    assert "gift" not in [one["code"] for one in api.get("/v1/task-outcomes").json()["items"]]
    assert api.post(f"{made}/complete", {"outcome": "gift"}).json()["errors"][0]["code"] == "reference_not_found"
    assert api.get(path).json()["name"] == "Gift taken"


def test_the_policy_is_changed_by_version(api: Api) -> None:
    before = api.get("/v1/task-policy").json()
    assert api.patch("/v1/task-policy", {"winback": None}, before["version"]).json()["winback"] is None
    assert api.patch("/v1/task-policy", {"winback": None}, before["version"]).status_code == 412
    refused = api.patch("/v1/task-policy", {"low_score": None}, before["version"] + 1)
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("low_score", "required")]
