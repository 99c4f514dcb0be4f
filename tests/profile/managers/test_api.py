"""Account managers over HTTP."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.profile.served import Doors
from tests.profile.teams.test_api import ADMIN, team

PII = (*ADMIN, "profile:pii")


def manager(doors: Doors, code: str, team_id: str, **fields: Any) -> dict[str, Any]:
    body = {"code": code, "name": "李雷", "team_id": team_id, **fields}
    made = doors.post("/v1/managers", body, scopes=ADMIN)
    assert made.status_code == 201, made.text
    return made.json()  # type: ignore[no-any-return]


@pytest.mark.capability("C-08")
def test_a_manager_is_made_read_changed_and_archived(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    made = manager(doors, "E-1", east, capacity=200, regions=["330000"], languages=["zh-CN"])
    path = f"/v1/managers/{made['id']}"
    changed = doors.call("PATCH", path, {"capacity": None, "leads": True}, headers={"If-Match": '"1"'}, scopes=ADMIN)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["capacity"], changed.json()["leads"], changed.json()["regions"]) == (None, True, ["330000"])
    assert doors.call("DELETE", path, scopes=ADMIN).status_code == 204
    assert doors.get("/v1/managers").json()["items"] == []
    assert doors.get(path).json()["archived_at"] is not None


@pytest.mark.capability("C-08")
def test_who_is_named_by_a_rule_is_not_archived_before_the_rule_names_somebody_else(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    li, han = (manager(doors, code, east)["id"] for code in ("E-1", "E-2"))
    body = {"code": "east", "name": "East", "priority": 1, "manager_id": li}
    rule = doors.post("/v1/assignment-rules", body, scopes=ADMIN).json()["id"]
    refused = doors.call("DELETE", f"/v1/managers/{li}", scopes=ADMIN)
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert "rule east" in refused.json()["detail"]
    path, patch = f"/v1/assignment-rules/{rule}", {"manager_id": han}
    assert doors.call("PATCH", path, patch, headers={"If-Match": '"1"'}, scopes=ADMIN).status_code == 200
    assert doors.call("DELETE", f"/v1/managers/{li}", scopes=ADMIN).status_code == 204


def test_the_name_is_masked_and_unreadable_at_rest(doors: Doors) -> None:
    made = manager(doors, "E-1", team(doors, "east")["id"])
    assert doors.get(f"/v1/managers/{made['id']}").json()["name"] == "李**"
    assert doors.get(f"/v1/managers/{made['id']}", scopes=PII).json()["name"] == "李雷"
    with doors.session() as session:
        stored = session.execute(text("SELECT name FROM manager")).scalar_one()
    assert "李雷".encode() not in bytes(stored)


def test_managers_are_found_by_team_and_by_the_regions_they_serve(doors: Doors) -> None:
    east, west = team(doors, "east")["id"], team(doors, "west")["id"]
    manager(doors, "anywhere", east)
    manager(doors, "zhejiang", east, regions=["330000"])
    manager(doors, "hangzhou", west, regions=["330100"])
    manager(doors, "shanghai", west, regions=["310000"])

    def codes(query: str) -> list[str]:
        return [one["code"] for one in doors.get(f"/v1/managers?{query}").json()["items"]]

    assert codes("region=330106") == ["anywhere", "hangzhou", "zhejiang"]
    assert codes("region=330000") == ["anywhere", "hangzhou", "zhejiang"]
    assert codes(f"team_id={west}") == ["hangzhou", "shanghai"]
    assert codes("leads=true") == []


def test_an_absence_is_said_and_taken_back(doors: Doors) -> None:
    path = f"/v1/managers/{manager(doors, 'E-1', team(doors, 'east')['id'])['id']}/absence"
    said = doors.call("PUT", path, {"absent_from": "2026-12-01T00:00:00Z", "absent_until": "2026-12-08T00:00:00Z"})
    assert (said.json()["absent_from"], said.json()["version"]) == ("2026-12-01T00:00:00Z", 2)
    assert doors.call("PUT", path, {"absent_from": None}).json()["absent_from"] is None
    backwards = {"absent_from": "2026-12-08T00:00:00Z", "absent_until": "2026-12-01T00:00:00Z"}
    assert doors.call("PUT", path, backwards).status_code == 422


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"regions": ["990000"]}, "reference_not_found"),
        ({"regions": ["Zhejiang"]}, "format"),
        ({"capacity": -1}, "too_small"),
        ({"team_id": "00000000-0000-7000-8000-000000000000"}, "reference_not_found"),
    ],
)
def test_what_cannot_be_is_refused(doors: Doors, fields: dict[str, Any], code: str) -> None:
    body = {"code": "E-1", "name": "李雷", "team_id": team(doors, "east")["id"], **fields}
    answer = doors.post("/v1/managers", body, scopes=ADMIN)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
