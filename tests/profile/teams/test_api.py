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


def test_a_team_that_something_rests_on_stays_in_use(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    path = f"/v1/teams/{east}"
    lower = team(doors, "lower", east)["id"]
    body = {"code": "E-1", "name": "李雷", "team_id": east}
    li = doors.post("/v1/managers", body, scopes=ADMIN).json()["id"]
    rule = {"code": "east", "name": "East", "priority": 1, "team_id": east}
    rule_id = doors.post("/v1/assignment-rules", rule, scopes=ADMIN).json()["id"]
    where = {"code": "delta", "name": "Delta", "regions": ["310000"], "team_id": east}
    territory_id = doors.post("/v1/territories", where, scopes=ADMIN).json()["id"]
    for user, last in (
        ("manager E-1", f"/v1/managers/{li}"),
        ("team lower", f"/v1/teams/{lower}"),
        ("territory delta", f"/v1/territories/{territory_id}"),
        ("assignment rule east", f"/v1/assignment-rules/{rule_id}"),
    ):
        refused = doors.call("DELETE", path, scopes=ADMIN)
        assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
        assert user in refused.json()["detail"]
        assert doors.call("DELETE", last, scopes=ADMIN).status_code == 204
    assert doors.call("DELETE", path, scopes=ADMIN).status_code == 204


def test_a_team_whose_queue_somebody_waits_in_stays_in_use(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    who = {"source": "shop", "identities": [{"kind": "external", "value": "1"}]}
    customer_id = doors.post("/v1/customers", who, key="c").json()["id"]
    owner = f"/v1/customers/{customer_id}/assignments/account_manager"
    assert doors.call("PUT", owner, {"team_id": east}, scopes=ADMIN).status_code == 200
    refused = doors.call("DELETE", f"/v1/teams/{east}", scopes=ADMIN)
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert customer_id in refused.json()["detail"]


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
