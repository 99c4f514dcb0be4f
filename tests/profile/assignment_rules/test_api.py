"""Assignment rules, runs, handovers and owners over HTTP."""

from typing import Any

import pytest

from services.profile.__main__ import SERVICE
from services.profile.assignments.runs import usecases
from shared import jobs
from tests.profile.managers.test_api import manager
from tests.profile.served import Doors
from tests.profile.teams.test_api import ADMIN, team

NOBODY = "00000000-0000-7000-8000-000000000000"


def rule(doors: Doors, code: str, **fields: Any) -> Any:
    return doors.post("/v1/assignment-rules", {"code": code, "name": code, "priority": 1, **fields}, scopes=ADMIN)


def customer(doors: Doors, name: str) -> str:
    body = {"source": "shop", "identities": [{"kind": "external", "value": name}]}
    return str(doors.post("/v1/customers", body).json()["id"])


@pytest.mark.capability("C-08")
def test_a_rule_is_made_read_changed_and_archived(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    made = rule(doors, "key-east", team_id=east, regions=["330000"], value_classes=["key"]).json()
    path = f"/v1/assignment-rules/{made['id']}"
    changed = doors.call("PATCH", path, {"priority": 7, "regions": None}, headers={"If-Match": '"1"'}, scopes=ADMIN)
    assert (changed.json()["priority"], changed.json()["regions"], changed.json()["team_id"]) == (7, [], east)
    assert [one["code"] for one in doors.get(f"/v1/assignment-rules?team_id={east}").json()["items"]] == ["key-east"]
    assert doors.call("DELETE", path, scopes=ADMIN).status_code == 204
    assert doors.get("/v1/assignment-rules").json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"team_id": NOBODY}, "reference_not_found"),
        ({"manager_id": NOBODY}, "reference_not_found"),
        ({"manager_id": NOBODY, "team_id": NOBODY}, "format"),
        ({"regions": ["990000"]}, "reference_not_found"),
        ({"method": "by_taste"}, "not_allowed"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(doors: Doors, fields: dict[str, Any], code: str) -> None:
    answer = rule(doors, "x", **fields)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


@pytest.mark.capability("C-08")
def test_an_owner_is_pinned_and_the_history_is_read(doors: Doors) -> None:
    li = manager(doors, "li", team(doors, "east")["id"])
    one = customer(doors, "u-1")
    path = f"/v1/customers/{one}/assignments"
    pinned = doors.call("PUT", f"{path}/account_manager", {"manager_id": li["id"]})
    assert (pinned.status_code, pinned.json()["cause"], pinned.json()["pinned"]) == (200, "staff", True)
    assert pinned.json()["team_id"] == li["team_id"]
    assert [one["manager_id"] for one in doors.get(path).json()["items"]] == [li["id"]]
    assert doors.get(f"{path}?current=false").json()["items"] == []
    parts = doors.http.get(f"/internal/customers/{one}/360", headers=doors.headers(kind="service")).json()
    assert [each["manager_id"] for each in parts["assignments"]] == [li["id"]]
    assert doors.call("PUT", f"{path}/account_manager", {}).status_code == 422
    assert doors.get(f"/v1/customers/{NOBODY}/assignments").status_code == 404


@pytest.mark.capability("C-08")
def test_a_preview_of_too_many_to_wait_for_is_followed_as_a_job(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    li = manager(doors, "li", team(doors, "east")["id"])
    assert rule(doors, "east", team_id=li["team_id"]).status_code == 201
    for name in ("u-1", "u-2"):
        customer(doors, name)
    monkeypatch.setattr(usecases.preview, "__kwdefaults__", {"at_once": 1})
    path = "/v1/assignment-runs/preview"
    assert doors.post(path, {"limit": 1}).json()["complete"] is False
    queued = doors.post(path, {})
    job = queued.json()
    assert (queued.status_code, queued.headers["location"]) == (202, f"/v1/jobs/{job['id']}")
    assert doors.get(f"/v1/assignment-runs/{job['id']}").json()["status"] == "queued"
    assert doors.post(path, {}).json()["code"] == "job_running"
    jobs.run(doors.runtime, SERVICE.jobs, job["id"])
    done = doors.get(f"/v1/assignment-runs/{job['id']}").json()
    assert (done["status"], done["result"]["considered"], done["result"]["moved"]) == ("succeeded", 2, 2)
    assert done["result"]["managers"] == [{"manager_id": li["id"], "capacity": None, "before": 0, "after": 2}]


def test_runs_and_handovers_are_jobs(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    li, han = manager(doors, "li", east)["id"], manager(doors, "han", east)["id"]
    assert doors.post("/v1/assignment-runs/preview", {}).json()["considered"] == 0
    started = doors.call("POST", "/v1/assignment-runs", headers={"Idempotency-Key": "run-1"}, scopes=ADMIN)
    assert started.status_code == 202, started.text
    assert doors.post("/v1/assignment-runs", {}, key="run-2", scopes=ADMIN).json()["code"] == "job_running"
    run = doors.get(f"/v1/assignment-runs/{started.json()['id']}")
    assert (run.json()["status"], started.headers["location"]) == ("queued", f"/v1/jobs/{run.json()['id']}")
    moved = doors.post("/v1/handovers", {"from_manager_id": li, "to_manager_id": han}, key="handover-1")
    assert moved.status_code == 202, moved.text
    assert doors.get(f"/v1/assignment-runs/{moved.json()['id']}").status_code == 404
    assert (
        doors.post("/v1/handovers", {"from_manager_id": li, "to_manager_id": li}, key="handover-2").status_code == 422
    )
