"""What staff say to each other about a task, and who else works on it."""

import pytest

from shared.ids import new_id
from tests.engagement.conftest import Api, Profile
from tests.engagement.tasks.test_api import as_manager, body

pytestmark = pytest.mark.capability("C-28")


def test_staff_talk_about_a_task_and_take_words_back(api: Api, profile: Profile) -> None:
    task = api.post("/v1/tasks", body(api, profile.add())).headers["Location"]
    first = api.post(f"{task}/comments", {"text": "The part comes on Thursday."})
    path = first.headers["Location"]
    assert (first.status_code, api.get(path).json()) == (201, first.json())
    assert api.patch(path, {"text": "On Friday."}, 1).json()["text"] == "On Friday."
    assert api.patch(path, {"text": "On Monday."}, 1).status_code == 412
    assert api.patch(path, {"text": None}, 2).json()["code"] == "validation_failed"
    api.post(f"{task}/complete", {"outcome": "satisfied"})
    second = api.post(f"{task}/comments", {"text": "Thanks!"}).json()  # also of a task that ended
    assert [one["text"] for one in api.get(f"{task}/comments").json()["items"]] == ["On Friday.", "Thanks!"]
    hidden = api.get(f"{task}/comments", scopes=("engagement:read",)).json()["items"]
    assert [one["text"] for one in hidden] == [None, None]
    assert api.call("DELETE", path).status_code == 204
    assert [one["id"] for one in api.get(f"{task}/comments").json()["items"]] == [second["id"]]
    assert api.get(path).json()["code"] == "not_found"


def test_what_cannot_be_said_is_refused(api: Api, profile: Profile) -> None:
    task = api.post("/v1/tasks", body(api, profile.add())).headers["Location"]
    assert api.post(f"{task}/comments", {"text": ""}).json()["errors"][0]["code"] == "too_short"
    assert api.post(f"{task}/comments", {}).json()["errors"][0]["code"] == "required"
    assert api.post(f"/v1/tasks/{new_id()}/comments", {"text": "?"}).json()["code"] == "not_found"
    other = api.post("/v1/tasks", body(api, profile.add())).headers["Location"]
    said = api.post(f"{task}/comments", {"text": "here"}).json()["id"]
    assert api.get(f"{other}/comments/{said}").json()["code"] == "not_found"


def test_who_works_on_a_task_sees_it_has_it_in_their_day_and_talks_about_it(api: Api, profile: Profile) -> None:
    kim, lee, stranger = profile.manager(), profile.manager(), profile.manager()
    made = api.post("/v1/tasks", body(api, profile.add(), collaborators=[str(kim), str(kim)])).json()
    path = f"/v1/tasks/{made['id']}"
    assert made["collaborators"] == [str(kim)]
    changed = api.patch(path, {"collaborators": [str(lee)]}, 1).json()
    assert (changed["collaborators"], changed["owner_id"]) == ([str(lee)], None)
    with as_manager(api, lee) as desk:
        assert [one["id"] for one in desk.get("/v1/tasks/today").json()["items"]] == [made["id"]]
        assert desk.post(f"{path}/comments", json={"text": "On it."}).status_code == 201
    for other in (kim, stranger):
        with as_manager(api, other) as desk:
            assert desk.get("/v1/tasks/today").json()["items"] == []
            assert (desk.get(path).status_code, desk.get(f"{path}/comments").status_code) == (404, 404)
    done = api.post(f"{path}/complete", {"outcome": "satisfied", "next": {"due_at": made["due_at"]}})
    assert done.status_code == 200
    follow_up = api.get("/v1/tasks?cause=follow_up").json()["items"]
    assert [one["collaborators"] for one in follow_up] == [[str(lee)]]


def test_nobody_works_on_a_task_who_is_no_manager(api: Api, profile: Profile) -> None:
    ada, kim = profile.add(), profile.manager()
    for wrong, code in [([str(kim), str(new_id())], "reference_not_found"), (["kim"], "format")]:
        refused = api.post("/v1/tasks", body(api, ada, collaborators=wrong)).json()
        assert [one["code"] for one in refused["errors"]] == [code]
    many = api.post("/v1/tasks", body(api, ada, collaborators=[str(new_id()) for _ in range(21)])).json()
    assert [(one["field"], one["code"]) for one in many["errors"]] == [("collaborators", "too_long")]
    task = api.post("/v1/tasks", body(api, ada))
    assert api.patch(task.headers["Location"], {"collaborators": None}, 1).json()["errors"][0]["code"] == "required"
