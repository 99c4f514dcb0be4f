"""Teams over HTTP."""

from uuid import UUID, uuid4

import pytest

from services.profile.teams import usecases
from tests.profile.served import Doors

ADMIN = ("profile:read", "profile:write", "profile:admin")


def team(doors: Doors, code: str, parent_id: str | None = None) -> dict[str, str]:
    made = doors.post("/v1/teams", {"code": code, "name": code.upper(), "parent_id": parent_id}, scopes=ADMIN)
    assert made.status_code == 201, made.text
    return made.json()  # type: ignore[no-any-return]


@pytest.mark.capability("C-08")
def test_a_team_is_made_read_changed_and_archived(doors: Doors) -> None:
    top = team(doors, "top")
    made = team(doors, "east", top["id"])
    path = f"/v1/teams/{made['id']}"
    assert doors.get(path).headers["etag"] == '"1"'
    stale = doors.call("PATCH", path, {"name": "East"}, headers={"If-Match": '"7"'}, scopes=ADMIN)
    assert stale.status_code == 412
    changed = doors.call("PATCH", path, {"name": "华东"}, headers={"If-Match": '"1"'}, scopes=ADMIN)
    assert (changed.json()["name"], changed.json()["parent_id"], changed.json()["version"]) == ("华东", top["id"], 2)
    assert doors.call("DELETE", path, scopes=ADMIN).status_code == 204
    assert doors.get(path).json()["archived_at"] is not None
    assert [one["code"] for one in doors.get("/v1/teams").json()["items"]] == ["top"]


def test_a_team_never_lies_below_itself(doors: Doors) -> None:
    top = team(doors, "top")
    middle = team(doors, "middle", top["id"])
    bottom = team(doors, "bottom", middle["id"])
    for parent in (top, bottom):
        answer = doors.call(
            "PATCH", f"/v1/teams/{top['id']}", {"parent_id": parent["id"]}, headers={"If-Match": '"1"'}, scopes=ADMIN
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_allowed")


def test_a_team_moves_while_somebody_changes_another(doors: Doors) -> None:
    top, east, west = (team(doors, code) for code in ("top", "east", "west"))
    with doors.runtime.database.transaction() as session:
        usecases.get(session, UUID(east["id"]), locked=True)
        path = f"/v1/teams/{west['id']}"
        moved = doors.call("PATCH", path, {"parent_id": top["id"]}, headers={"If-Match": '"1"'}, scopes=ADMIN)
    assert (moved.status_code, moved.json()["parent_id"]) == (200, top["id"])


def test_a_code_is_taken_once_and_a_parent_must_be_there(doors: Doors) -> None:
    made = team(doors, "east")
    again = doors.post("/v1/teams", {"code": "east", "name": "East"}, scopes=ADMIN)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    lost = doors.post("/v1/teams", {"code": "west", "name": "West", "parent_id": str(uuid4())}, scopes=ADMIN)
    assert lost.json()["errors"][0]["code"] == "reference_not_found"
    nameless = doors.call("PATCH", f"/v1/teams/{made['id']}", {"name": None}, headers={"If-Match": '"1"'}, scopes=ADMIN)
    assert nameless.status_code == 422


def test_teams_are_listed_by_what_they_belong_to(doors: Doors) -> None:
    top = team(doors, "top")
    team(doors, "east", top["id"])
    assert [one["code"] for one in doors.get(f"/v1/teams?parent_id={top['id']}").json()["items"]] == ["east"]
